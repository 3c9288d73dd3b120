package io.remoterun.webapp.accounts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often something may happen in a minute, for each of many. Of more than 10,000 at once those
 * that were longest not heard of are forgotten. Thread-safe.
 */
public final class RateLimit {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST_KEYS = 10_000;

  private final int most;
  private final InstantSource clock;
  private final Map<String, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /**
   * @param most in a minute
   */
  public RateLimit(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  private record Window(Instant end, int count) {}

  /** Counts one more, unless there were too many; then it tells how long to wait. */
  public synchronized Optional<Duration> take(String key) {
    Optional<Duration> wait = wait(key);
    if (wait.isEmpty()) {
      Instant now = clock.instant();
      Window known = windows.get(key);
      windows.put(
          key,
          known == null || !now.isBefore(known.end())
              ? new Window(now.plus(WINDOW), 1)
              : new Window(known.end(), known.count() + 1));
    }
    return wait;
  }

  /**
   * Takes back what was counted last, because it did not happen after all. What a minute has
   * counted that is over counts no more anyway.
   */
  public synchronized void giveBack(String key) {
    windows.computeIfPresent(
        key, (same, window) -> new Window(window.end(), Math.max(0, window.count() - 1)));
  }

  private Optional<Duration> wait(String key) {
    Window window = windows.get(key);
    Instant now = clock.instant();
    return window == null || window.count() < most || !now.isBefore(window.end())
        ? Optional.empty()
        : Optional.of(Duration.between(now, window.end()));
  }

  synchronized int size() {
    return windows.size();
  }
}
