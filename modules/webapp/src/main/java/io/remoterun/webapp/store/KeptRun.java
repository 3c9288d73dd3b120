package io.remoterun.webapp.store;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunArchive.Summary;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A run as it stood when it was read. */
record KeptRun(
    Summary summary, Optional<Caller> cancelledBy, Map<NodeId, NodeResult> results, RunLog log)
    implements RunView {

  @Override
  public RunRecord record() {
    return summary.record();
  }

  @Override
  public Counts counts() {
    return summary.counts();
  }

  @Override
  public Optional<Instant> ended() {
    return summary.ended();
  }
}
