package io.remoterun.protocol.nodelist;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Rudder's {@code nodeslist.json}: what is below a server, itself included. Immutable. */
public final class NodeList {
  private NodeList() {}

  public static NodeList read(Path json) throws IOException {
    throw new UnsupportedOperationException();
  }

  public Optional<NodeEntry> find(NodeId id) {
    throw new UnsupportedOperationException();
  }

  /** In the order of the file. */
  public Collection<NodeEntry> nodes() {
    throw new UnsupportedOperationException();
  }
}
