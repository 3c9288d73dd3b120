package io.remoterun.webapp.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.runs.RunArchive.State;
import io.remoterun.webapp.runs.RunArchive.Summary;
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

  /** How it stands as a whole. */
  default State state() {
    if (ended().isPresent()) {
      return State.ENDED;
    }
    return cancelledBy().isPresent() ? State.CANCELLING : State.RUNNING;
  }

  default Summary summary() {
    return new Summary(record(), state(), counts(), ended());
  }
}
