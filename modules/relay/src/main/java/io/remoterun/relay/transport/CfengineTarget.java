package io.remoterun.relay.transport;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.nodelist.NodeEntry;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.util.List;

/** A node, where it is, and the keys that it may have. */
record CfengineTarget(NodeEntry node, InetSocketAddress address, List<KeyHash> keys) {

  boolean admits(PublicKey presented) {
    return keys.stream().anyMatch(key -> key.matches(presented));
  }

  /** The address, as it was configured. */
  @Override
  public String toString() {
    return address.getHostString() + ":" + address.getPort();
  }
}
