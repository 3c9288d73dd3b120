package io.remoterun.relay;

import io.remoterun.operations.followers.Followers;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.relay.runs.Runs;
import java.time.Duration;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;

/**
 * How a relay is stopped: nothing new begins, what goes on is given time to end, and what is left
 * then is interrupted, so that each node of each run has its end and each answer its last line
 * before the listeners close.
 */
final class RelayFarewell implements SmartLifecycle {
  /** For what has been interrupted to be told. */
  private static final Duration END_OF_RUNS = Duration.ofSeconds(5);

  private final Runs runs;
  private final RemoteRun engine;
  private final Followers followers;
  private final Duration wait;
  private final Logger log;
  private volatile boolean isRunning;

  RelayFarewell(Runs runs, RemoteRun engine, Followers followers, Duration wait, Logger log) {
    this.runs = runs;
    this.engine = engine;
    this.followers = followers;
    this.wait = wait;
    this.log = log;
  }

  /** Just before the listeners stop. */
  @Override
  public int getPhase() {
    return RelayServers.PHASE + 1;
  }

  @Override
  public void start() {
    isRunning = true;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  @Override
  public void stop() {
    isRunning = false;
    followers.leave();
    long open = runs.standing().count();
    if (open > 0) {
      log.info("is stopped: takes no new runs, and lets {} go on for {} s", open, wait.toSeconds());
    }
    try {
      if (!Followers.holds(wait, this::areRunsOver)) {
        log.warn("{} runs are interrupted, because this relay is stopped", runs.standing().count());
      }
      engine.stop();
      Followers.holds(END_OF_RUNS, this::areRunsOver);
      followers.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean areRunsOver() {
    return runs.standing().findAny().isEmpty();
  }
}
