package io.remoterun.relay.topology;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure;
import java.util.List;

/** The way from this relay to some of the nodes of a run. */
public sealed interface Route {

  /** This relay triggers the node itself. */
  record Mine(NodeEntry node) implements Route {}

  /**
   * Another relay knows the way.
   *
   * @param relay one of this relay's own nodes
   * @param nodes somewhere below it
   */
  record Via(NodeEntry relay, List<NodeId> nodes) implements Route {
    public Via {
      nodes = List.copyOf(nodes);
    }
  }

  /** There is none, and why. */
  record Nowhere(NodeId node, RunFailure failure) implements Route {}
}
