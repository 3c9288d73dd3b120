package io.remoterun.relay.transport;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.StoredKeys;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Who a node has to be: the key of the node list, where that has none those of its certificates,
 * and where there are none either, the one that was stored when the node was first used.
 * Thread-safe; files are read and written on threads that may wait.
 */
public final class NodeKeys {
  private final Supplier<NodeCertificates> certificates;
  private final StoredKeys stored;
  private final boolean storesUnknown;
  private final Logger log;

  /**
   * @param storesUnknown whether the key of a node of which none is known is stored, and trusted
   *     from then on
   * @param log is told of each key that is stored
   */
  public NodeKeys(
      Supplier<NodeCertificates> certificates,
      StoredKeys stored,
      boolean storesUnknown,
      Logger log) {
    this.certificates = certificates;
    this.stored = stored;
    this.storesUnknown = storesUnknown;
    this.log = log;
  }

  Mono<ExpectedKeys> of(NodeEntry node) {
    List<KeyHash> known = listed(node);
    return known.isEmpty()
        ? Mono.fromSupplier(() -> ofStored(node.id())).subscribeOn(Schedulers.boundedElastic())
        : Mono.just(ExpectedKeys.of(known));
  }

  private List<KeyHash> listed(NodeEntry node) {
    return node.keyHash()
        .map(List::of)
        .orElseGet(
            () ->
                certificates.get().of(node.id()).stream()
                    .map(certificate -> KeyHash.of(certificate.getPublicKey()))
                    .toList());
  }

  private ExpectedKeys ofStored(NodeId node) {
    try {
      return stored.find(node).map(key -> ofStored(node, key)).orElseGet(this::unknown);
    } catch (IOException e) {
      return new ExpectedKeys(List.of(), ": " + e.getMessage(), false);
    }
  }

  private ExpectedKeys ofStored(NodeId node, RSAPublicKey key) {
    return new ExpectedKeys(
        List.of(KeyHash.of(key)),
        ", which it had when it was first used; if it has a new one, remove " + stored.fileOf(node),
        false);
  }

  private ExpectedKeys unknown() {
    return storesUnknown
        ? new ExpectedKeys(List.of(), "", true)
        : new ExpectedKeys(
            List.of(),
            "; put its key-hash into the node list, or let remote-run.relay.unknown-keys be store",
            false);
  }

  /**
   * What is expected of the node when it has proved to have that key, at its first use. Stores it,
   * if not another use was faster.
   */
  Mono<ExpectedKeys> firstUse(CfengineTarget target, PublicKey presented) {
    return Mono.fromSupplier(() -> store(target, presented))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private ExpectedKeys store(CfengineTarget target, PublicKey presented) {
    NodeId node = target.node().id();
    if (!(presented instanceof RSAPublicKey key)) {
      return new ExpectedKeys(List.of(), "an RSA key", false);
    }
    try {
      if (stored.storeFirst(node, key)) {
        log.warn(
            "node {} is used for the first time: whoever answered at {} is trusted from now on to"
                + " be it, by the key {} in {}",
            node,
            target,
            KeyHash.of(key),
            stored.fileOf(node));
      }
      return ofStored(node);
    } catch (IOException e) {
      return new ExpectedKeys(
          List.of(), "one that can be stored in " + stored.fileOf(node) + ": " + e, false);
    }
  }
}
