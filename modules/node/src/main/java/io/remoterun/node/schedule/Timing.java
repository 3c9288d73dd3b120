package io.remoterun.node.schedule;

import java.time.Duration;

/**
 * When a section's command is due: once in the interval, which is counted from midnight, and from
 * then on every period until the day ends. All in whole seconds of local time.
 *
 * @param period 1 min to 24 h
 * @param begin of the interval, less than 24 h
 * @param end of the interval, at most 24 h, not before its begin
 */
record Timing(Duration period, Duration begin, Duration end) {
  static final Duration DEFAULT_PERIOD = Duration.ofMinutes(5);
  static final Duration DAY = Duration.ofHours(24);

  private static final Duration LEAST_PERIOD = Duration.ofMinutes(1);

  /**
   * @throws IllegalArgumentException that names the key, in the words of {@code agentd.conf}
   */
  Timing {
    whole("period", period);
    whole("interval_begin", begin);
    whole("interval_end", end);
    valid(
        period.compareTo(LEAST_PERIOD) >= 0 && period.compareTo(DAY) <= 0,
        "period must be between 1 min and 24 h");
    valid(begin.compareTo(DAY) < 0, "interval_begin must be less than 24 h");
    valid(end.compareTo(DAY) <= 0, "interval_end must be at most 24 h");
    valid(
        end.compareTo(begin) >= 0,
        "interval_end must not be before interval_begin (unless it is set, it is the period)");
  }

  static Timing every(Duration period) {
    return new Timing(period, Duration.ZERO, period);
  }

  /** How far the first starts of a day of all nodes lie apart. */
  Duration span() {
    return end.minus(begin);
  }

  private static void whole(String key, Duration value) {
    valid(value.toNanosPart() == 0, key + " must be in whole seconds");
  }

  private static void valid(boolean valid, String problem) {
    if (!valid) {
      throw new IllegalArgumentException(problem);
    }
  }
}
