package io.remoterun.node.schedule;

import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One section of an {@code agentd.conf}.
 *
 * @param table as {@link TomlTables} has it
 */
record SectionReader(String name, Map<?, ?> table) {
  private static final Set<String> KEYS =
      Set.of(
          "command",
          "period",
          "interval_begin",
          "interval_end",
          "max_execution_duration",
          "max_concurrent_executions");

  /**
   * @throws IllegalArgumentException that names the key whose value cannot be used
   */
  Section read() {
    Duration period = duration("period", Timing.DEFAULT_PERIOD);
    Timing timing =
        new Timing(
            period, duration("interval_begin", Duration.ZERO), duration("interval_end", period));
    return new Section(
        name,
        CommandWords.of(command()),
        timing,
        duration("max_execution_duration", Section.DEFAULT_LONGEST),
        number("max_concurrent_executions", 1));
  }

  /** What is there and does nothing: most often a word that is misspelt. */
  List<String> unknownKeys() {
    return table.keySet().stream()
        .map(String::valueOf)
        .filter(key -> !KEYS.contains(key))
        .map(Printable::of)
        .toList();
  }

  private String command() {
    @Nullable Object value = table.get("command");
    if (value == null) {
      throw new IllegalArgumentException("command is missing");
    }
    if (!(value instanceof String words)) {
      throw new IllegalArgumentException("command should be a text, such as \"/bin/true\"");
    }
    return words;
  }

  private Duration duration(String key, Duration otherwise) {
    @Nullable Object value = table.get(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof String) && !(value instanceof Number)) {
      throw new IllegalArgumentException(key + " " + RudderDuration.FORMS);
    }
    try {
      return RudderDuration.parse(value.toString());
    } catch (IllegalArgumentException e) {
      String words = Printable.of(String.valueOf(e.getMessage()));
      throw new IllegalArgumentException(key + " " + RudderDuration.FORMS + ": " + words, e);
    }
  }

  private int number(String key, int otherwise) {
    @Nullable Object value = table.get(key);
    if (value == null) {
      return otherwise;
    }
    // What does not fit is a Long or a BigInteger.
    if (!(value instanceof Integer number)) {
      throw new IllegalArgumentException(key + " should be a number, such as 1");
    }
    return number;
  }
}
