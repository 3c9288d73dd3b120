package io.remoterun.protocol.run;

import java.util.List;

/** The nodes that a run is for. */
public sealed interface RunTarget {

  /** Every node below the relay that is asked. */
  record All() implements RunTarget {}

  /** These nodes, each once, in the order given. */
  record Nodes(List<NodeId> ids) implements RunTarget {
    /**
     * @throws BadRequest when there is none
     */
    public Nodes {
      ids = ids.stream().distinct().toList();
      if (ids.isEmpty()) {
        throw new BadRequest("Missing nodes");
      }
    }
  }

  static RunTarget all() {
    return new All();
  }

  static RunTarget node(NodeId id) {
    return new Nodes(List.of(id));
  }
}
