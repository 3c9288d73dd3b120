package io.remoterun.webapp.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A run that somebody looks at, whether it goes on here, at another webapp, or has ended. */
public interface RunView {
  RunRecord record();

  Counts counts();

  /** In the order of the run's nodes. */
  Map<NodeId, NodeResult> results();

  /** Since when its last node has ended. */
  Optional<Instant> ended();

  /** Who has cancelled it, the first time. */
  Optional<Caller> cancelledBy();

  /** What happened, and what happens; to be read only. */
  RunLog log();
}
