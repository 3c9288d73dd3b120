package io.remoterun.node.agent;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.RunId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A caller's part in a run, which others may have a part in, too: to read its log from the first
 * line on, to stop it perhaps, and to leave. Thread-safe; nothing here blocks.
 */
public final class Attached implements AgentRuns.Start {
  private final Flight flight;
  private final boolean isStarter;
  private final Optional<String> awaited;
  private final CompletableFuture<Optional<String>> problem;
  private final Consumer<Flight> stop;
  private final AtomicBoolean left = new AtomicBoolean();

  Attached(
      Flight flight,
      boolean isStarter,
      Optional<String> awaited,
      CompletableFuture<Optional<String>> problem,
      Consumer<Flight> stop) {
    this.flight = flight;
    this.isStarter = isStarter;
    this.awaited = awaited;
    this.problem = problem;
    this.stop = stop;
  }

  /** Of the run; the caller may have asked for it by another one. */
  public RunId id() {
    return flight.id();
  }

  /**
   * Why the caller must not be told anything of the run, if so: its own id could not be written
   * down, and after a restart of the node it would begin another run. Known when the disk has
   * answered; never fails.
   */
  public CompletableFuture<Optional<String>> problem() {
    return problem;
  }

  /** Tells whether the agent could be started, what it printed, and how it ended. */
  public RunLog log() {
    return flight.log();
  }

  /** What had to end first when the caller asked, if anything. */
  public Optional<String> awaited() {
    return awaited;
  }

  /**
   * Ends the run, if it is not over, and does not wait for that: the log tells it. Only who asks by
   * the id that the run was started with may do so, and the last one that is attached: a run that
   * somebody else waits for is not ended under his hands.
   *
   * @return why it goes on, if it does
   */
  public Optional<String> stop() {
    int others = flight.attached().get() - 1;
    if (!isStarter && others > 0) {
      return Optional.of(
          "run " + id() + " was asked for by somebody else, and " + others + " more follow it");
    }
    stop.accept(flight);
    return Optional.empty();
  }

  /** Why the caller may stop the run, where it may: for the log. */
  public String claim() {
    return isStarter ? "it was asked for by this id" : "nobody else follows it";
  }

  /** The run goes on. Leaving again does nothing. */
  public void leave() {
    if (left.compareAndSet(false, true)) {
      flight.attached().decrementAndGet();
    }
  }
}
