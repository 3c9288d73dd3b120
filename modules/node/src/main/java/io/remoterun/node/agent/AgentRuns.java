package io.remoterun.node.agent;

import io.remoterun.node.agent.KnownRuns.Known;
import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The runs of this node's agent, of which there is one at a time, and at most one that waits.
 * Whoever wants what one of them does gets into it; an id that was here before never begins a run.
 * A run goes on when nobody reads it; closing this ends all runs, but no agent that a helper has
 * started. Thread-safe.
 */
public final class AgentRuns implements AutoCloseable {
  /** What a run does blocks in the kernel. */
  static final ThreadFactory RUN_THREADS = Thread.ofPlatform().daemon().factory();

  private final NodeId node;
  private final AgentLauncher launcher;
  private final Limits limits;
  private final AgentCheck check;
  private final SeenRuns seen;
  private final RunBook book;
  private final Logger logger;
  private final ThreadFactory threads;
  private final KnownRuns known;

  private final Object lock = new Object();
  private @Nullable Flight running;
  private @Nullable Flight waiting;
  private boolean closed;

  /**
   * @param output in bytes that are kept of a run for those that read slowly
   * @param keep how long the output can be read again when the run is over
   * @param duration of an agent, after which it is stopped
   * @param drain how long a run waits for the end of the output when its agent has ended
   * @param stop how long agents may take to end when they are asked to, before they are killed
   */
  public record Limits(
      long output, Duration keep, Duration duration, Duration drain, Duration stop) {}

  /** What became of the wish for a run. */
  public sealed interface Start permits Attached, Refused {}

  /** There is no run. */
  public record Refused(Kind kind, String reason) implements Start {}

  /**
   * @param disableFile while there is one of that name no agent is started
   * @param book is told of every run
   */
  public AgentRuns(
      NodeId node,
      AgentLauncher launcher,
      Limits limits,
      Path disableFile,
      SeenRuns seen,
      RunBook book,
      Logger logger) {
    this(node, launcher, limits, disableFile, seen, book, logger, RUN_THREADS);
  }

  AgentRuns(
      NodeId node,
      AgentLauncher launcher,
      Limits limits,
      Path disableFile,
      SeenRuns seen,
      RunBook book,
      Logger logger,
      ThreadFactory threads) {
    this.node = node;
    this.launcher = launcher;
    this.limits = limits;
    this.check = new AgentCheck(launcher, disableFile);
    this.seen = seen;
    this.book = book;
    this.logger = logger;
    this.threads = threads;
    this.known = new KnownRuns(seen, limits.keep(), limits.output(), logger);
  }

  /**
   * Starts a run, or gets the caller into one that is there: that of the same id; or the one that
   * runs or waits, if it does for this wish as well. Does not wait for anything.
   */
  public Start start(Wish wish) {
    RunId id = wish.id().orElseGet(RunId::random);
    synchronized (lock) {
      if (closed) {
        return new Refused(Kind.REFUSED, "the node is stopping");
      }
      Known same = known.get(id);
      if (same != null) {
        return same.flight().wish().isLike(wish)
            ? attach(same, id)
            : new Refused(Kind.REFUSED, "there is a " + same.flight() + " already");
      }
      if (seen.contains(id)) {
        String reason = "run " + id + " was here before, and what it printed is not kept any more";
        return new Refused(Kind.REFUSED, reason);
      }
      Flight other = takingIn(wish);
      if (other == null && waiting != null) {
        return new Refused(Kind.OVERLOADED, running + " is running, and " + waiting + " waits");
      }
      if (known.size() >= SeenRuns.MOST) {
        return new Refused(Kind.OVERLOADED, known.size() + " have asked for " + running);
      }
      Known own = other == null ? Known.started(begin(id, wish)) : known.joined(other, id, wish);
      if (wish.id().isPresent() && !own.flight().agent().output().isOver()) {
        known.put(id, own);
      }
      return attach(own, id);
    }
  }

  /** What would become of such a wish now. Begins nothing; may block. */
  public Readiness readiness(Wish wish) {
    return check.hindrance().orElseGet(() -> turn(wish));
  }

  private Readiness turn(Wish wish) {
    synchronized (lock) {
      if (closed) {
        return new Readiness(Readiness.State.BUSY, "the node is stopping");
      }
      Flight other = takingIn(wish);
      if (other != null) {
        return new Readiness(Readiness.State.READY, "a run would get into " + other);
      }
      if (waiting != null) {
        String words = running + " is running, and " + waiting + " waits";
        return new Readiness(Readiness.State.BUSY, words);
      }
      String words = running == null ? "can start its agent" : "a run would wait for " + running;
      return new Readiness(Readiness.State.READY, words);
    }
  }

  private Attached attach(Known known, RunId asked) {
    Flight flight = known.flight();
    Optional<String> awaited =
        flight.equals(waiting) ? Optional.of(String.valueOf(running)) : Optional.empty();
    return flight.attach(asked, awaited, known.problem(), this::stop);
  }

  private @Nullable Flight takingIn(Wish wish) {
    if (running != null && running.takesIn(wish)) {
      return running;
    }
    return waiting != null && waiting.takesIn(wish) ? waiting : null;
  }

  private Flight begin(RunId id, Wish wish) {
    Flight flight = Flight.of(node, launcher, limits, id, wish);
    if (running == null) {
      begin(flight);
    } else {
      waiting = flight;
      book.waits(id, wish);
    }
    return flight;
  }

  /** Where there is no thread for it, it is over. */
  private void begin(Flight flight) {
    running = flight;
    book.begins(flight.id(), flight.wish());
    Thread thread = threads.newThread(() -> run(flight));
    thread.setName("run " + flight.id());
    try {
      thread.start();
    } catch (RuntimeException | Error e) {
      running = null;
      logger.error("run {} cannot begin", flight.id(), e);
      known.forgetUnbegun(flight);
      endBeforeItsTurn(flight, Kind.INTERNAL, "the node has no thread for it: " + e);
    }
  }

  private void run(Flight flight) {
    long begin = System.nanoTime();
    AgentProcess agent = flight.agent();
    Optional<RunEvent> hindrance = hindrance(flight);
    RunEvent last = hindrance.orElseGet(() -> runInTime(flight));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    try {
      book.ends(flight.id(), took, last);
    } finally {
      // Before it is told: whoever has heard of its end and asks again means another run.
      release(flight, hindrance.isEmpty());
      agent.output().end(last);
    }
    logger.info(
        "run {} of process {} is over after {} ms: {}",
        flight.id(),
        agent.pid(),
        took.toMillis(),
        RunBook.words(last));
  }

  private RunEvent runInTime(Flight flight) {
    Duration longest = flight.wish().longest().orElse(limits.duration());
    return new LateStop(limits.stop(), logger).run(longest, flight.id(), flight.agent());
  }

  /** Why the agent is not started, if it is not; otherwise the run's id is on the disk. */
  private Optional<RunEvent> hindrance(Flight flight) {
    AgentProcess agent = flight.agent();
    return check
        .disabled()
        .map(reason -> agent.failed(Kind.REFUSED, reason))
        .or(() -> known.write(flight).map(reason -> agent.failed(Kind.AGENT, reason)));
  }

  private void release(Flight flight, boolean hasBegun) {
    synchronized (lock) {
      Flight next = waiting;
      running = null;
      waiting = null;
      if (next != null) {
        begin(next);
      }
      if (hasBegun) {
        known.keep(flight);
      } else {
        known.forgetUnbegun(flight);
      }
    }
  }

  private void stop(Flight flight) {
    flight.stopped().set(true);
    Thread.ofVirtual().name("stop of run " + flight.id()).start(() -> stopNow(flight));
  }

  private void stopNow(Flight flight) {
    synchronized (lock) {
      if (flight.equals(waiting)) {
        waiting = null;
        known.keep(flight);
        endBeforeItsTurn(flight, Kind.STOPPED, "the agent was not started");
        logger.info("run {} is over before its turn: it was cancelled", flight.id());
        return;
      }
    }
    flight.agent().stop(limits.stop(), "");
  }

  private void endBeforeItsTurn(Flight flight, Kind kind, String reason) {
    RunEvent last = flight.agent().failed(kind, reason);
    book.ends(flight.id(), Duration.ZERO, last);
    flight.agent().output().end(last);
  }

  /**
   * Ends all runs, with their agents where these are children of this program: asks first, and
   * after a while does not ask.
   */
  @Override
  public void close() {
    end();
    seen.await(limits.stop());
  }

  private void end() {
    Flight last;
    synchronized (lock) {
      closed = true;
      last = running;
      Flight next = waiting;
      waiting = null;
      if (next != null) {
        endBeforeItsTurn(next, Kind.REFUSED, "the node is stopping");
      }
    }
    if (last == null) {
      return;
    }
    AgentProcess agent = last.agent();
    agent.endWithNode(limits.stop());
    agent.output().isOverWithin(limits.drain().plus(limits.stop()));
  }
}
