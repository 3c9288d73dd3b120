package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a run stands on one node.
 *
 * @param last the terminal event, or the one that told that the agent runs, or a heartbeat that
 *     stands for none
 * @param began when the webapp heard that the agent runs
 * @param ended when it heard that it does not any more, or why it never did
 */
public record NodeResult(
    Tally.State state, RunEvent last, Optional<Instant> began, Optional<Instant> ended) {

  /** How long the agent ran, if it did and has ended. */
  public Optional<Duration> duration() {
    return began.flatMap(begin -> ended.map(end -> Duration.between(begin, end)));
  }
}
