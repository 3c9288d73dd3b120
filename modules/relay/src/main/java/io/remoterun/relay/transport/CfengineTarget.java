package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import java.net.InetSocketAddress;

/** A node, where it is, and the keys that it may have. */
record CfengineTarget(NodeEntry node, InetSocketAddress address, ExpectedKeys keys) {

  /** The address, as it was configured. */
  @Override
  public String toString() {
    return address.getHostString() + ":" + address.getPort();
  }
}
