package io.remoterun.node.agent;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  /** Of runs that are over: each may take as much memory as is kept of an output. */
  static final int MOST_ENDED = 4;

  private static final String UNWRITTEN = "its run id cannot be written down: ";

  private final SeenRuns seen;
  private final Duration keep;
  private final Logger logger;
  private final Map<RunId, Known> known = new HashMap<>();

  /** The oldest first, and what becomes done when their time is over. */
  private final Map<Flight, CompletableFuture<Void>> ended = new LinkedHashMap<>();

  /** Forgotten, but somebody still reads what they printed; in the order of that. */
  private final Set<Flight> late = new LinkedHashSet<>();

  private final long mostLateBytes;

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
   * @param mostLateBytes of the memory of those that are read after that, all together
   */
  KnownRuns(SeenRuns seen, Duration keep, long mostLateBytes, Logger logger) {
    this.seen = seen;
    this.keep = keep;
    this.mostLateBytes = mostLateBytes;
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

  /**
   * It is over, and can be asked for and read a while longer, if anybody can ask for it or reads it
   * at all.
   */
  synchronized void keep(Flight flight) {
    if (idsOf(flight).isEmpty() && flight.attached().get() == 0) {
      return;
    }
    CompletableFuture<Void> time =
        new CompletableFuture<Void>()
            .completeOnTimeout(null, keep.toMillis(), TimeUnit.MILLISECONDS);
    ended.put(flight, time);
    var _ = time.thenRun(() -> forget(flight));
    if (ended.size() > MOST_ENDED) {
      forget(ended.keySet().iterator().next());
    }
  }

  synchronized void forget(Flight flight) {
    known.keySet().removeAll(idsOf(flight));
    CompletableFuture<Void> time = ended.remove(flight);
    if (time != null) {
      time.cancel(false);
      late.add(flight);
      discardTooLate();
    }
  }

  /** Otherwise some slow readers, each of another run, would use up all memory that there is. */
  private void discardTooLate() {
    late.removeIf(flight -> flight.attached().get() == 0);
    long bytes = late.stream().mapToLong(Flight::bytes).sum();
    for (Flight flight : List.copyOf(late)) {
      if (bytes > mostLateBytes && flight.agent().output().isOver()) {
        bytes -= flight.bytes();
        late.remove(flight);
        flight.log().discard().subscribe();
      }
    }
  }

  /** The agent was not started for it: all ids that it was asked for by may be asked for again. */
  synchronized void forgetUnbegun(Flight flight) {
    for (RunId id : idsOf(flight)) {
      Known asked = known.get(id);
      if (asked != null && !id.equals(flight.id())) {
        var _ = asked.problem.thenRun(() -> seen.takeBackSoon(id));
      }
    }
    forget(flight);
  }

  private List<RunId> idsOf(Flight flight) {
    return known.entrySet().stream()
        .filter(it -> it.getValue().flight.equals(flight))
        .map(Map.Entry::getKey)
        .toList();
  }
}
