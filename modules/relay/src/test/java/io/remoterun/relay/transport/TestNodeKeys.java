package io.remoterun.relay.transport;

import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.keys.StoredKeys;
import java.nio.file.Path;
import org.slf4j.helpers.NOPLogger;

final class TestNodeKeys {
  private TestNodeKeys() {}

  /** Those of the node entries, and no others. */
  static NodeKeys listed() {
    StoredKeys none = new StoredKeys(Path.of("/nonexistent"));
    return new NodeKeys(NodeCertificates::none, none, false, NOPLogger.NOP_LOGGER);
  }
}
