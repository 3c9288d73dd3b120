package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.util.List;

/** What a run was asked for, in the caller's words; which nodes that is, is worked out once. */
public sealed interface Targets {

  /** These, each once. */
  record Nodes(List<NodeId> ids) implements Targets {
    /**
     * @throws BadRequest when there is none
     */
    public Nodes {
      ids = ids.stream().distinct().toList();
      if (ids.isEmpty()) {
        throw new BadRequest("targets.nodes is empty");
      }
    }
  }

  /** Every node that the caller may trigger. */
  record All() implements Targets {}

  /** Those of a saved group. */
  record Group(String name) implements Targets {}

  /** Those whose properties are so. */
  record Query(String text) implements Targets {}
}
