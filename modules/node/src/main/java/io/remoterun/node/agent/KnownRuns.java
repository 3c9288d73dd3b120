package io.remoterun.node.agent;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The runs that can be asked for by an id: those that wait or run, and for a while those that are
 * over. A run has as many ids as it was asked for by. {@link SeenRuns} remembers more ids, but not
 * what became of them. Thread-safe; only {@link #write} blocks.
 */
final class KnownRuns {
  /** Of runs that are over: each may be as much as is kept of an output. */
  static final int MOST_ENDED = 4;

  private static final String UNWRITTEN = "its run id cannot be written down: ";

  private final SeenRuns seen;
  private final Duration keep;
  private final Logger logger;
  private final Map<RunId, Known> known = new HashMap<>();
  private final Deque<Flight> ended = new ArrayDeque<>();

  /**
   * What an id stands for.
   *
   * @param problem why the id is not on the disk, if so, as soon as that is known
   */
  record Known(Flight flight, CompletableFuture<Optional<String>> problem) {
    /** Its id is on the disk before its agent begins, or there is none. */
    static Known started(Flight flight) {
      return new Known(flight, CompletableFuture.completedFuture(Optional.empty()));
    }

    private boolean isUnwritten() {
      return problem.isDone() && problem.join().isPresent();
    }
  }

  /**
   * @param keep how long a run that is over can be asked for; the last {@value #MOST_ENDED} only
   */
  KnownRuns(SeenRuns seen, Duration keep, Logger logger) {
    this.seen = seen;
    this.keep = keep;
    this.logger = logger;
  }

  /** An id that is not on the disk is not told anything, and may be asked for again. */
  Known joined(Flight flight, RunId id, Wish wish) {
    return wish.id().isEmpty()
        ? Known.started(flight)
        : new Known(
            flight, seen.addSoon(id).thenApply(problem -> problem.map(why -> unwritten(id, why))));
  }

  /**
   * Blocks until the id that the run is asked for by is on the disk.
   *
   * @return why it is not known to be there, if so
   */
  Optional<String> write(Flight flight) {
    try {
      if (flight.wish().id().isPresent()) {
        seen.add(flight.id());
      }
      return Optional.empty();
    } catch (IOException | RuntimeException | Error e) {
      return Optional.of(UNWRITTEN + Printable.of(e.toString()));
    }
  }

  private String unwritten(RunId id, String why) {
    String reason = UNWRITTEN + why;
    logger.warn("run {} is told nothing: {}", id, reason);
    return reason;
  }

  /** An id that could not be written down may be asked for again. */
  synchronized @Nullable Known get(RunId id) {
    Known there = known.get(id);
    return there == null || there.isUnwritten() ? null : there;
  }

  synchronized int size() {
    return known.size();
  }

  synchronized void put(RunId id, Known run) {
    known.put(id, run);
  }

  /** It is over, and can be asked for a while longer, if anybody can ask for it at all. */
  synchronized void keep(Flight flight) {
    if (known.values().stream().noneMatch(it -> it.flight.equals(flight))) {
      return;
    }
    ended.add(flight);
    if (ended.size() > MOST_ENDED) {
      forget(ended.getFirst());
    }
    CompletableFuture.delayedExecutor(keep.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> forget(flight));
  }

  synchronized void forget(Flight flight) {
    ended.remove(flight);
    known.values().removeIf(it -> it.flight.equals(flight));
  }
}
