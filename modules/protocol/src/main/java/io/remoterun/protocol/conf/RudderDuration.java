package io.remoterun.protocol.conf;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A duration as Rudder's configuration files have it: {@code 42s}, {@code 30min 20s}, {@code 1h},
 * or a number of seconds. Units are those of Rust's humantime, from nanoseconds to weeks.
 */
public final class RudderDuration {
  /** Goes on from the key of a value that is none. */
  public static final String FORMS =
      "should be a duration, such as \"42s\", \"30min 20s\", \"1h\", or a number of seconds";

  private static final Pattern ALL = Pattern.compile("(?:[0-9]+\\s*[a-zA-Z]+\\s*)+");
  private static final Pattern PART = Pattern.compile("([0-9]+)\\s*([a-zA-Z]+)\\s*");
  private static final Pattern SECONDS = Pattern.compile("[0-9]+");
  private static final Map<String, Duration> UNITS =
      Map.ofEntries(
          Map.entry("nsec", Duration.ofNanos(1)),
          Map.entry("ns", Duration.ofNanos(1)),
          Map.entry("usec", Duration.ofNanos(1000)),
          Map.entry("us", Duration.ofNanos(1000)),
          Map.entry("msec", Duration.ofMillis(1)),
          Map.entry("ms", Duration.ofMillis(1)),
          Map.entry("seconds", Duration.ofSeconds(1)),
          Map.entry("second", Duration.ofSeconds(1)),
          Map.entry("sec", Duration.ofSeconds(1)),
          Map.entry("s", Duration.ofSeconds(1)),
          Map.entry("minutes", Duration.ofMinutes(1)),
          Map.entry("minute", Duration.ofMinutes(1)),
          Map.entry("min", Duration.ofMinutes(1)),
          Map.entry("mins", Duration.ofMinutes(1)),
          Map.entry("m", Duration.ofMinutes(1)),
          Map.entry("hours", Duration.ofHours(1)),
          Map.entry("hour", Duration.ofHours(1)),
          Map.entry("hrs", Duration.ofHours(1)),
          Map.entry("hr", Duration.ofHours(1)),
          Map.entry("h", Duration.ofHours(1)),
          Map.entry("days", Duration.ofDays(1)),
          Map.entry("day", Duration.ofDays(1)),
          Map.entry("d", Duration.ofDays(1)),
          Map.entry("weeks", Duration.ofDays(7)),
          Map.entry("week", Duration.ofDays(7)),
          Map.entry("w", Duration.ofDays(7)));

  private RudderDuration() {}

  /**
   * @throws IllegalArgumentException when the text has another form, or says more than fits
   */
  public static Duration parse(String text) {
    String stripped = text.strip();
    try {
      return SECONDS.matcher(stripped).matches()
          ? Duration.ofSeconds(Long.parseLong(stripped))
          : sum(stripped);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too long", e);
    }
  }

  private static Duration sum(String text) {
    if (!ALL.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is no duration");
    }
    Duration sum = Duration.ZERO;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      @Nullable Duration unit = UNITS.get(part.group(2));
      if (unit == null) {
        throw new IllegalArgumentException("'" + part.group(2) + "' is no unit of time");
      }
      sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
    }
    return sum;
  }
}
