package io.remoterun.node.agent;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One run of the agent, which waits, runs, or is over, and those that are attached to it.
 *
 * @param isNamed whether somebody gave it its id, and may ask for it again
 * @param attached how many read it
 * @param stopped whether it is not wanted any more: nobody else gets into it
 */
record Flight(
    RunId id,
    boolean isNamed,
    List<Condition> conditions,
    AgentProcess agent,
    RunLog log,
    AtomicInteger attached,
    AtomicBoolean stopped) {

  static Flight of(
      RunId id, boolean isNamed, List<Condition> conditions, AgentProcess agent, RunLog log) {
    return new Flight(
        id, isNamed, conditions, agent, log, new AtomicInteger(), new AtomicBoolean());
  }

  /** To the agent their order means nothing. */
  boolean isFor(List<Condition> others) {
    return Set.copyOf(conditions).equals(Set.copyOf(others));
  }

  boolean takesIn(List<Condition> others) {
    return isFor(others) && !stopped.get();
  }

  /**
   * @param asked the id that the caller gave
   * @param awaited what runs before it, in words
   */
  Attached attach(RunId asked, Optional<String> awaited, Consumer<Flight> stop) {
    attached.incrementAndGet();
    return new Attached(this, asked.equals(id), awaited, stop);
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
    return "run " + id + " with " + conditions;
  }
}
