package io.remoterun.node.agent;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What waits and runs, and {@value #MOST_ENDED} that are over: the last of each job, and others of
 * the last. Thread-safe.
 */
public final class RunBook {
  static final int MOST_ENDED = 20;

  private final Map<RunId, Entry> waiting = new LinkedHashMap<>();
  private final Map<RunId, Entry> running = new LinkedHashMap<>();
  private final Deque<Ended> ended = new ArrayDeque<>();

  /**
   * @param since when it began, or began to wait
   */
  public record Entry(
      RunId id, String job, List<Condition> conditions, String askedBy, Instant since) {
    Entry(RunId id, Wish wish) {
      this(id, wish.job(), wish.conditions(), wish.askedBy(), InstantSource.system().instant());
    }
  }

  /**
   * @param took by a clock that nobody puts forward or back
   * @param end in words
   */
  public record Ended(Entry run, Duration took, boolean failed, String end) {}

  synchronized void waits(RunId id, Wish wish) {
    waiting.put(id, new Entry(id, wish));
  }

  synchronized void begins(RunId id, Wish wish) {
    waiting.remove(id);
    running.put(id, new Entry(id, wish));
  }

  synchronized void ends(RunId id, Duration took, RunEvent last) {
    Entry waited = waiting.remove(id);
    Entry ran = running.remove(id);
    Entry run = ran == null ? waited : ran;
    if (run != null) {
      ended.addFirst(new Ended(run, took, isFailure(last), words(last)));
      if (ended.size() > MOST_ENDED) {
        ended.remove(leastTelling());
      }
    }
  }

  /** The oldest one, but not the last of its job: it tells how that went. */
  private Ended leastTelling() {
    Set<String> newer = new HashSet<>();
    Ended oldest = ended.getLast();
    for (Ended run : ended) {
      if (!newer.add(run.run().job())) {
        oldest = run;
      }
    }
    return oldest;
  }

  public synchronized List<Entry> running() {
    return List.copyOf(running.values());
  }

  public synchronized List<Entry> waiting() {
    return List.copyOf(waiting.values());
  }

  /** The newest first. */
  public synchronized List<Ended> ended() {
    return List.copyOf(ended);
  }

  private static boolean isFailure(RunEvent last) {
    return !(last instanceof RunEvent.Finished finished) || finished.status().isFailure();
  }

  /** How a run has ended. */
  static String words(RunEvent last) {
    return switch (last) {
      case RunEvent.Finished finished -> finished.status().toString();
      case RunEvent.Failed failed -> failed.failure().toString();
      default -> Printable.of(last.toString());
    };
  }
}
