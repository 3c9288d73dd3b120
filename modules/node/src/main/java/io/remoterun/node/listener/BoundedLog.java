package io.remoterun.node.listener;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * Log lines that others can cause as often as they like. In each while, each of them gets some
 * lines of its own, all together get some more; of the others one line tells the number at the end
 * of the while. Nothing is silent, and memory is bounded. Thread-safe.
 */
final class BoundedLog implements AutoCloseable {
  static final Duration WHILE = Duration.ofMinutes(1);

  /** For peers that have not shown who they are: everybody can cause those. By address. */
  static final Bounds STRANGERS = new Bounds("refused", 3, 30);

  /** For peers that have: a good one does not lose its connections all the time. By key. */
  static final Bounds KNOWN = new Bounds("left out", 20, 200);

  private static final int MOST_NAMES = 1000;
  private static final int MOST_NAMED = 5;
  private static final String OTHERS = "others";

  private final Logger logger;
  private final Duration time;
  private final Bounds bounds;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, Integer> untold = new HashMap<>();
  private int lines;
  private Disposable end = Disposables.disposed();

  /**
   * How many lines in each while.
   *
   * @param done begins the line about those that are only counted
   * @param ofOne about one peer
   * @param ofAll in all
   */
  record Bounds(String done, int ofOne, int ofAll) {}

  BoundedLog(Logger logger, Duration time, Bounds bounds) {
    this.logger = logger;
    this.time = time;
    this.bounds = bounds;
  }

  /** As a warning. */
  void say(String whose, String line) {
    say(Level.WARN, whose, line);
  }

  /**
   * Says it now, or counts it.
   *
   * @param whose all that is said of one peer shares so many lines
   */
  synchronized void say(Level level, String whose, String line) {
    if (end.isDisposed()) {
      end =
          Schedulers.parallel().schedule(this::tellTheRest, time.toMillis(), TimeUnit.MILLISECONDS);
    }
    // Beyond so many names, the others share one's lines.
    String name = counts.size() < MOST_NAMES || counts.containsKey(whose) ? whose : OTHERS;
    if (counts.merge(name, 1, Integer::sum) <= bounds.ofOne && lines < bounds.ofAll) {
      lines++;
      logger.atLevel(level).log(line);
    } else {
      untold.merge(name, 1, Integer::sum);
    }
  }

  private synchronized void tellTheRest() {
    end.dispose();
    int sum = untold.values().stream().mapToInt(Integer::intValue).sum();
    if (sum > 0) {
      logger.warn("{} {} more in {} s: {}", bounds.done, sum, time.toMillis() / 1000.0, most());
    }
    counts.clear();
    untold.clear();
    lines = 0;
  }

  private String most() {
    String named =
        untold.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_NAMED)
            .map(count -> count.getValue() + " of " + count.getKey())
            .collect(Collectors.joining(", "));
    int more = untold.size() - MOST_NAMED;
    return more > 0 ? named + ", and of " + more + " more" : named;
  }

  /** Tells what is left to tell. */
  @Override
  public void close() {
    tellTheRest();
  }
}
