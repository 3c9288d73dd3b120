package io.remoterun.relay.transport;

import io.netty.handler.ssl.SslHandler;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyNotAdmittedException;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLPeerUnverifiedException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Triggers a node's agent as cf-runagent does: TLS, the node's key, then CFEngine's protocol. A
 * connection serves one run.
 *
 * <p>The key that the node presents must be one that is known for this very node; it is asked for
 * in every handshake, since no session is ever resumed, and before anything is said. Nothing blocks
 * an event loop, and a consumer that takes events slowly makes its own connection read slowly, and
 * no other.
 */
public final class CfengineTransport implements NodeTransport {
  private final Settings settings;
  private final HostKey key;
  private final Function<NodeEntry, InetSocketAddress> address;
  private final NodeKeys keys;
  private final CfengineConnector connector;

  /**
   * How long a node may take.
   *
   * @param connect to accept the connection; and for its name to be resolved
   * @param handshake to agree on TLS, once it is its turn
   * @param answer to greet, to welcome, and to say whether it starts its agent: for each
   * @param silence of a running agent
   * @param cancel for a node of ours to stop its agent
   * @param run from the connection to the end of the run; and until there is a connection
   */
  public record Deadlines(
      Duration connect,
      Duration handshake,
      Duration answer,
      Duration silence,
      Duration cancel,
      Duration run) {}

  /**
   * @param hop who triggers, for failures, such as {@code relay root}
   * @param user whom the relay poses as; CFEngine's nodes know {@code root}
   * @param mostBytesOfLine a longer line comes in pieces of that size; at least 1
   * @param handshakesAtOnce with how many nodes TLS is agreed on at a time, at least 1
   */
  public record Settings(
      String hop, String user, int mostBytesOfLine, int handshakesAtOnce, Deadlines deadlines) {}

  /**
   * @param key the relay's own
   * @param address where a node listens, best unresolved
   * @param keys those that a node may present; none, and it is not asked
   */
  public CfengineTransport(
      Settings settings,
      HostKey key,
      Function<NodeEntry, InetSocketAddress> address,
      NodeKeys keys) {
    this.settings = settings;
    this.key = key;
    this.address = address;
    this.keys = keys;
    this.connector = new CfengineConnector(settings.deadlines(), key, settings.handshakesAtOnce());
  }

  @Override
  public Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel) {
    NodeEntry node = nodes.getFirst();
    return Flux.defer(
        () ->
            keys.of(node)
                .map(expected -> new CfengineTarget(node, address.apply(node), expected))
                .flatMapMany(target -> run(target, request, cancel)));
  }

  @Override
  public Mono<List<CheckStep>> check(NodeEntry node) {
    return Mono.defer(() -> keys.of(node))
        .map(expected -> new CfengineTarget(node, address.apply(node), expected))
        .map(target -> new CfengineFailures(settings.hop(), target, key))
        .flatMap(failures -> new CfengineCheck(settings, connector, failures).steps());
  }

  private Flux<RunEvent> run(CfengineTarget target, RunRequest request, Mono<Void> cancel) {
    return Flux.defer(
        () -> {
          var failures = new CfengineFailures(settings.hop(), target, key);
          return target.keys().isNone()
              ? Flux.just(failures.noKey())
              : connectAndRun(target, request, failures, cancel)
                  .onErrorResume(error -> Mono.just(failures.of(error)));
        });
  }

  private Flux<RunEvent> connectAndRun(
      CfengineTarget target, RunRequest request, CfengineFailures failures, Mono<Void> cancel) {
    // Whoever is first: a run that has begun is cancelled in the conversation.
    AtomicBoolean isDecided = new AtomicBoolean();
    Mono<Void> cancelledBefore =
        cancel.then(
            Mono.defer(() -> isDecided.compareAndSet(false, true) ? Mono.empty() : Mono.never()));
    return Flux.usingWhen(
            connector.connect(target, request.id(), UnaryOperator.identity()),
            connection ->
                refusedFirstUse(target, failures, connection)
                    .switchIfEmpty(
                        Flux.defer(
                            () ->
                                isDecided.compareAndSet(false, true)
                                    ? new CfengineRun(settings, request, failures, connection)
                                        .events(cancel)
                                    : Flux.<RunEvent>empty())),
            connection -> Mono.fromRunnable(connection::dispose))
        .takeUntilOther(cancelledBefore)
        .switchIfEmpty(Mono.fromSupplier(failures::notBegun));
  }

  /** Of a node with a key that is not known yet: it is, from now on, or another use was faster. */
  private Flux<RunEvent> refusedFirstUse(
      CfengineTarget target, CfengineFailures failures, Connection connection) {
    if (!target.keys().isFirstUse()) {
      return Flux.empty();
    }
    PublicKey presented = presentedBy(connection);
    return keys.firstUse(target, presented)
        .filter(expected -> !expected.admits(presented))
        .map(expected -> failures.wrongKey(new KeyNotAdmittedException(presented), expected))
        .flux();
  }

  /** The handshake, which has succeeded, has shown that the peer has its private half. */
  private static PublicKey presentedBy(Connection connection) {
    try {
      return connection
          .channel()
          .pipeline()
          .get(SslHandler.class)
          .engine()
          .getSession()
          .getPeerCertificates()[0]
          .getPublicKey();
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("a handshake without a certificate", e);
    }
  }

  static String words(Duration deadline) {
    return deadline.toMillis() / 1000.0 + " s";
  }
}
