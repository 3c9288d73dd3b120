package io.remoterun.relay.api;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunRequest;
import java.util.List;

/** What the API does: starts runs. */
public interface Runs {

  /**
   * A run that goes on whether or not somebody reads.
   *
   * @param nodes all that it is for; each gets exactly one terminal event
   * @param canBegin whether there is a way to at least one of them; if not, the log is complete
   * @param log what happens in it
   */
  record Run(List<NodeId> nodes, boolean canBegin, RunLog log) {}

  /** Starts it. Does not block, and does not fail: what goes wrong is in the log. */
  Run start(RunRequest request);
}
