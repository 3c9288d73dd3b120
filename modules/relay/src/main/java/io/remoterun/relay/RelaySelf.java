package io.remoterun.relay;

import io.remoterun.protocol.conf.CannotStart;
import io.remoterun.protocol.keys.HostCertificate;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.RelayProperties.Https;
import io.remoterun.relay.topology.Fleet;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this relay is and what it knows of the nodes below it.
 *
 * @param key that it proves itself to nodes with
 * @param certificate that it shows to other relays; the key may be another one
 * @param fleet can be replaced; a run keeps to the version that it began with
 */
record RelaySelf(
    NodeId id, HostKey key, HostCertificate certificate, AtomicReference<Fleet> fleet, Logger log) {

  /**
   * Reads keys, node list and certificates.
   *
   * @throws IOException when one of them cannot be used
   */
  static RelaySelf read(RelayProperties settings) throws IOException {
    NodeId id = RelayId.of(settings);
    Logger log = LoggerFactory.getLogger("remote-run.relay." + id);
    HostKey key = new KeyDirectory(settings.keys()).hostKeyMadeIfMissing();
    log.info("relay {} with key {}", id, KeyDigest.md5(key.publicKey()));
    Fleet fleet = fleet(id, settings, log);
    HostCertificate certificate = certificate(settings.https(), id, key, settings.keys());
    return new RelaySelf(id, key, certificate, new AtomicReference<>(fleet), log);
  }

  private static Fleet fleet(NodeId id, RelayProperties settings, Logger log) throws IOException {
    try {
      return Fleet.read(id, settings.nodesListFile(), settings.nodesCertsFile(), log);
    } catch (NoSuchFileException e) {
      String file = e.getFile() + ", the list of the nodes that are behind this relay";
      throw new CannotStart("there is no " + file + " (remote-run.relay.nodes-list-file)", e);
    }
  }

  private static HostCertificate certificate(Https settings, NodeId id, HostKey own, Path keys)
      throws IOException {
    @Nullable Path certificate = settings.certificate();
    @Nullable Path key = settings.key();
    if (certificate == null) {
      return HostCertificate.made(own, id);
    }
    return key == null
        ? HostCertificate.read(certificate, own, keys.resolve("localhost.priv").toString())
        : HostCertificate.read(certificate, key);
  }
}
