package io.remoterun.node.agent;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * Stops an agent that takes too long: one that hangs must not keep others from running for ever.
 *
 * @param grace between the request to end and the kill
 */
record LateStop(Duration grace, Logger logger) {

  /** Runs the agent, for that long; returns, whatever happens, the event that ends the run. */
  RunEvent run(Duration longest, RunId id, AgentProcess agent) {
    Disposable deadline = Disposables.disposed();
    try {
      deadline = after(longest, id, agent);
      return agent.run();
    } catch (RuntimeException | Error e) {
      logger.error("run {} is lost", id, e);
      return agent.failed(Kind.INTERNAL, "the run was lost: " + e);
    } finally {
      deadline.dispose();
    }
  }

  private Disposable after(Duration longest, RunId id, AgentProcess agent) {
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
