package io.remoterun.benchmarks.process;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code --name=value} words: options of a measurement, and what processes tell each other. */
public record Words(Map<String, String> values) {

  public Words {
    values = Map.copyOf(values);
  }

  /**
   * A word without a value is a number, 1.
   *
   * @throws IllegalArgumentException when a word does not start with two dashes
   */
  public static Words parse(List<String> words) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : words) {
      if (!word.startsWith("--")) {
        throw new IllegalArgumentException("not --NAME=VALUE: " + word);
      }
      int equals = word.indexOf('=');
      values.put(
          equals < 0 ? word.substring(2) : word.substring(2, equals),
          equals < 0 ? "1" : word.substring(equals + 1));
    }
    return new Words(values);
  }

  /**
   * @throws IllegalArgumentException when there is another one
   */
  public Words only(Set<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("no option --" + name + " here");
      }
    }
    return this;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * @throws IllegalArgumentException when it is missing
   */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + "= is missing");
    }
    return value;
  }

  /**
   * @throws IllegalArgumentException when it is missing or no number
   */
  public long number(String name) {
    return Long.parseLong(text(name));
  }

  public long number(String name, long otherwise) {
    return has(name) ? number(name) : otherwise;
  }

  /** The words again, in one line. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }
}
