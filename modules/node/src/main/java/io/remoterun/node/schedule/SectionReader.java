package io.remoterun.node.schedule;

import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** One section of an {@code agentd.conf}. */
record SectionReader(String name, JsonNode table) {
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
    if (!table.isObject()) {
      throw new IllegalArgumentException("is no section: a [section] has the keys of one command");
    }
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
    return table.propertyNames().stream()
        .filter(key -> !KEYS.contains(key))
        .map(Printable::of)
        .toList();
  }

  private String command() {
    JsonNode value = table.path("command");
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("command is missing");
    }
    if (!value.isString()) {
      throw new IllegalArgumentException("command should be a text, such as \"/bin/true\"");
    }
    return value.stringValue();
  }

  private Duration duration(String key, Duration otherwise) {
    JsonNode value = table.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isString() && !value.isIntegralNumber()) {
      throw new IllegalArgumentException(key + " " + RudderDuration.FORMS);
    }
    try {
      return RudderDuration.parse(value.asString());
    } catch (IllegalArgumentException e) {
      String words = Printable.of(String.valueOf(e.getMessage()));
      throw new IllegalArgumentException(key + " " + RudderDuration.FORMS + ": " + words, e);
    }
  }

  private int number(String key, int otherwise) {
    JsonNode value = table.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new IllegalArgumentException(key + " should be a number, such as 1");
    }
    return value.intValue();
  }
}
