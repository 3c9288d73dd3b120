package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run as it was asked for; nothing of this changes. Its nodes, of which there may be many, are
 * kept beside it.
 *
 * @param targets as they were asked for
 * @param conditions given to the agents
 * @param how it is to go on
 * @param by who asked
 * @param began when it was asked for
 * @param retryOf the run whose failed nodes these are
 */
public record RunRecord(
    RunId id,
    Targets targets,
    List<Condition> conditions,
    How how,
    Caller by,
    Instant began,
    Optional<RunId> retryOf) {

  /**
   * @param deadline after which agents that still run are stopped
   * @param concurrency how many nodes run at once; where it is empty, the relays decide
   * @param keepOutput whether what the agents print is wanted; how they ended is told either way
   */
  public record How(
      Duration deadline, OptionalInt concurrency, StopAfter stopAfter, boolean keepOutput) {}

  public RunRecord {
    conditions = List.copyOf(conditions);
  }
}
