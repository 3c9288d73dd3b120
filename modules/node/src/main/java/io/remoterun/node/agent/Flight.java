package io.remoterun.node.agent;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import reactor.core.scheduler.Schedulers;

/**
 * One run of the agent, which waits, runs, or is over, and those that are attached to it.
 *
 * @param wish that it was begun for
 * @param memory that the log takes
 * @param attached how many read it
 * @param stopped whether it is not wanted any more: nobody else gets into it
 */
record Flight(
    RunId id,
    Wish wish,
    AgentProcess agent,
    RunLog log,
    LogBudget memory,
    AtomicInteger attached,
    AtomicBoolean stopped) {

  static Flight of(
      NodeId node, AgentLauncher launcher, AgentRuns.Limits limits, RunId id, Wish wish) {
    LogBounds bounds = LogBounds.of(limits.output());
    RunLog log = new MemoryRunLog(bounds, Schedulers.parallel());
    AgentProcess agent = new AgentProcess(node, launcher, wish.request(id), log, limits.drain());
    return new Flight(
        id, wish, agent, log, bounds.budget(), new AtomicInteger(), new AtomicBoolean());
  }

  /** Of memory that what is kept of its output takes. */
  long bytes() {
    return memory.used();
  }

  boolean takesIn(Wish other) {
    return wish.isLike(other) && !stopped.get();
  }

  /**
   * @param asked the id that the caller gave
   * @param awaited what runs before it, in words
   * @param problem why the id that was given is not on the disk, if so
   */
  Attached attach(
      RunId asked,
      Optional<String> awaited,
      CompletableFuture<Optional<String>> problem,
      Consumer<Flight> stop) {
    attached.incrementAndGet();
    return new Attached(this, asked.equals(id), awaited, problem, stop);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    String section = wish.job().equals(AgentLauncher.AGENT) ? "" : " of section " + wish.job();
    return "run " + id + section + " with " + wish.conditions();
  }
}
