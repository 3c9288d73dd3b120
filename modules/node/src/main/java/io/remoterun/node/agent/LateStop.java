package io.remoterun.node.agent;

import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Stops an agent that takes too long: one that hangs must not keep others from running for ever.
 *
 * @param grace between the request to end and the kill
 */
record LateStop(Duration grace, Logger logger) {

  /**
   * Returns at once.
   *
   * @return what to dispose of when the agent has ended
   */
  Disposable after(Duration longest, RunId id, AgentProcess agent) {
    String why = " after " + longest.toMillis() / 1000.0 + " s, the longest that it may take";
    Runnable stop =
        () -> {
          logger.warn("run {}: the agent is stopped{}", id, why);
          agent.stop(grace, why);
        };
    return Schedulers.parallel()
        .schedule(
            () -> Thread.ofVirtual().name("stop of run " + id).start(stop),
            longest.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
