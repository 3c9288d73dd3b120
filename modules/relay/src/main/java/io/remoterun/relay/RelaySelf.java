package io.remoterun.relay;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.topology.Fleet;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this relay is and what it knows of the nodes below it.
 *
 * @param fleet can be replaced; a run keeps to the version that it began with
 */
record RelaySelf(NodeId id, HostKey key, AtomicReference<Fleet> fleet, Logger log) {

  /**
   * Reads keys, node list and certificates.
   *
   * @throws IOException when one of them cannot be used
   */
  static RelaySelf read(RelayProperties settings) throws IOException {
    NodeId id = settings.nodeId();
    Logger log = LoggerFactory.getLogger("remote-run.relay." + id);
    HostKey key = new KeyDirectory(settings.keys()).hostKeyMadeIfMissing();
    log.info("relay {} with key {}", id, KeyDigest.md5(key.publicKey()));
    Fleet fleet = Fleet.read(id, settings.nodesListFile(), settings.nodesCertsFile(), log);
    return new RelaySelf(id, key, new AtomicReference<>(fleet), log);
  }
}
