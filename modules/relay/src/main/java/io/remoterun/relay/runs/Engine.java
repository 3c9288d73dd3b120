package io.remoterun.relay.runs;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunRequest;
import java.util.List;

/** Knows the ways to the nodes, and goes them. */
public interface Engine {

  /**
   * Does not begin anything, and does not fail.
   *
   * @param path the relays that the request has come through, the first one first
   */
  Plan plan(RunRequest request, List<NodeId> path, Cancel cancel);
}
