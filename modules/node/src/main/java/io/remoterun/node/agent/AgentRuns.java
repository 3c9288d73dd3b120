package io.remoterun.node.agent;

import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;

/**
 * The runs of this node's agent. A run goes on when nobody reads it; closing this ends all runs.
 * Thread-safe.
 */
public final class AgentRuns implements AutoCloseable {
  private final NodeId node;
  private final AgentCommand command;
  private final Limits limits;
  private final Logger logger;
  private final Semaphore places;
  private final Set<AgentProcess> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param runsAtOnce more are refused
   * @param output in bytes that are kept of a run for those that read slowly
   * @param drain how long a run waits for the end of the output when its agent has ended
   * @param stop how long agents may take to end when they are asked to, before they are killed
   */
  public record Limits(int runsAtOnce, long output, Duration drain, Duration stop) {}

  /** What became of the wish for a run. */
  public sealed interface Start {}

  /**
   * The run is on its way; its log tells whether the agent could be started.
   *
   * @param stop ends the run, if it is not over, and does not wait for that: the log tells it
   */
  public record Running(RunId id, RunLog log, Runnable stop) implements Start {}

  /** There is no run. */
  public record Refused(Kind kind, String reason) implements Start {}

  public AgentRuns(NodeId node, AgentCommand command, Limits limits, Logger logger) {
    this.node = node;
    this.command = command;
    this.limits = limits;
    this.logger = logger;
    this.places = new Semaphore(limits.runsAtOnce());
  }

  /**
   * Starts a run. Does not wait for anything.
   *
   * @param id for the log
   */
  public Start start(RunId id, List<Condition> conditions) {
    if (closed) {
      return new Refused(Kind.REFUSED, "the node is stopping");
    }
    if (!places.tryAcquire()) {
      return new Refused(Kind.OVERLOADED, limits.runsAtOnce() + " are running");
    }
    RunLog log = new MemoryRunLog(limits.output());
    AgentProcess agent = new AgentProcess(node, command.builder(conditions), log, limits.drain());
    running.add(agent);
    Thread.ofVirtual().name("run " + id).start(() -> run(id, agent));
    return new Running(id, log, () -> stop(id, agent));
  }

  private void stop(RunId id, AgentProcess agent) {
    Thread.ofVirtual().name("stop of run " + id).start(() -> agent.stop(limits.stop()));
  }

  /** How many have a place now. */
  int running() {
    return limits.runsAtOnce() - places.availablePermits();
  }

  private void run(RunId id, AgentProcess agent) {
    try {
      long begin = System.nanoTime();
      RunEvent last = agent.run();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      logger.info(
          "run {} of process {} is over after {} ms: {}",
          id,
          agent.pid(),
          took.toMillis(),
          words(last));
    } finally {
      running.remove(agent);
      places.release();
    }
  }

  private static String words(RunEvent last) {
    return switch (last) {
      case RunEvent.Finished finished -> finished.status().toString();
      case RunEvent.Failed failed -> failed.failure().toString();
      default -> Printable.of(last.toString());
    };
  }

  /** Ends all runs: asks the agents first, and after a while does not ask. */
  @Override
  public void close() {
    closed = true;
    running.forEach(AgentProcess::terminate);
    long deadline = System.nanoTime() + limits.stop().toNanos();
    for (AgentProcess agent : running) {
      agent.isOverWithin(Duration.ofNanos(deadline - System.nanoTime()));
    }
    for (AgentProcess agent : running) {
      agent.destroy();
      agent.isOverWithin(limits.drain().plus(limits.stop()));
    }
  }
}
