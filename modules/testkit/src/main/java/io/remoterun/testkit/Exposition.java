package io.remoterun.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Metrics in Prometheus's text format 0.0.4, read as strictly as its documents and {@code promtool
 * check metrics} have it: each family has its HELP and TYPE before its samples and is in one piece,
 * no sample is told twice, counters end in {@code _total} and never fall below 0, the buckets of a
 * histogram grow and end in {@code +Inf}. What does not fit is an error that quotes the line.
 */
public final class Exposition {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"(?:,|$)");

  private final Map<String, Family> families = new LinkedHashMap<>();
  private final Map<String, Double> samples = new LinkedHashMap<>();

  /** What is told of one metric. */
  public record Family(String name, String type, String help, List<Sample> samples) {}

  /** One line; labels in the order of their names. */
  public record Sample(String name, SortedMap<String, String> labels, double value) {}

  private Exposition() {}

  public static Exposition parse(String text) {
    require(text.endsWith("\n"), "the last line has no end", text);
    Exposition all = new Exposition();
    Lines lines = new Lines(all);
    text.lines().forEach(lines::read);
    all.families.values().forEach(Exposition::check);
    return all;
  }

  /** Where the reader is. */
  private static final class Lines {
    private final Exposition all;
    private @Nullable String help;
    private @Nullable Family family;

    Lines(Exposition all) {
      this.all = all;
    }

    void read(String line) {
      Matcher meta = META.matcher(line);
      @Nullable String before = help;
      help = null;
      if (!meta.matches()) {
        @Nullable Family its = family;
        if (its == null || before != null) {
          throw new AssertionError("no HELP and TYPE before: " + line);
        }
        all.add(its, line);
      } else if (meta.group(1).equals("HELP")) {
        require(before == null, "two HELPs", line);
        help = meta.group(3);
        family = null;
      } else {
        if (before == null) {
          throw new AssertionError("no HELP: " + line);
        }
        Family next = new Family(meta.group(2), meta.group(3), before, new ArrayList<>());
        family = next;
        require(all.families.put(next.name(), next) == null, "the family comes once more", line);
      }
    }
  }

  private void add(Family family, String line) {
    Matcher sample = SAMPLE.matcher(line);
    require(sample.matches(), "no sample", line);
    SortedMap<String, String> labels = labels(sample.group(2), line);
    double value = value(sample.group(3), line);
    Sample parsed = new Sample(sample.group(1), labels, value);
    require(isOf(family, parsed), "not of family " + family.name(), line);
    require(
        samples.put(parsed.name() + words(labels), value) == null, "the sample comes twice", line);
    family.samples().add(parsed);
  }

  private static SortedMap<String, String> labels(@Nullable String text, String line) {
    SortedMap<String, String> labels = new TreeMap<>();
    if (text != null) {
      Matcher label = LABEL.matcher(text);
      int end = 0;
      while (label.find(end) && label.start() == end) {
        require(labels.put(label.group(1), label.group(2)) == null, "a label twice", line);
        end = label.end();
      }
      require(end == text.length(), "malformed labels", line);
    }
    return labels;
  }

  private static double value(String text, String line) {
    try {
      return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new AssertionError("no number: " + line, e);
    }
  }

  private static boolean isOf(Family family, Sample sample) {
    String rest =
        sample.name().startsWith(family.name())
            ? sample.name().substring(family.name().length())
            : "other";
    return switch (family.type()) {
      case "counter", "gauge", "untyped" -> rest.isEmpty();
      case "histogram" -> List.of("_bucket", "_sum", "_count").contains(rest);
      case "summary" -> List.of("", "_sum", "_count").contains(rest);
      default -> false;
    };
  }

  private static void check(Family family) {
    if (family.type().equals("counter")) {
      require(family.name().endsWith("_total"), "a counter without _total", family.name());
      for (Sample sample : family.samples()) {
        require(sample.value() >= 0, "a counter below 0", sample.toString());
      }
    } else if (family.type().equals("histogram")) {
      checkBuckets(family);
    }
  }

  private static void checkBuckets(Family family) {
    Map<Map<String, String>, Sample> last = new HashMap<>();
    Map<Map<String, String>, Double> counts = new HashMap<>();
    for (Sample sample : family.samples()) {
      SortedMap<String, String> key = new TreeMap<>(sample.labels());
      @Nullable String bound = key.remove("le");
      if (sample.name().endsWith("_bucket")) {
        require(bound != null, "a bucket without le", sample.toString());
        @Nullable Sample before = last.put(key, sample);
        require(
            before == null || (bound(before) < bound(sample) && before.value() <= sample.value()),
            "buckets do not grow",
            sample.toString());
      } else if (sample.name().endsWith("_count")) {
        counts.put(key, sample.value());
      }
    }
    last.forEach(
        (key, sample) ->
            require(
                bound(sample) == Double.POSITIVE_INFINITY
                    && counts.getOrDefault(key, -1.0) == sample.value(),
                "the last bucket is not +Inf, or not the count",
                sample.toString()));
  }

  private static double bound(Sample bucket) {
    return value(bucket.labels().getOrDefault("le", ""), bucket.toString());
  }

  /** The families whose names begin so, as rows of a table in a document. */
  public List<String> table(String prefix) {
    return families.values().stream()
        .filter(family -> family.name().startsWith(prefix))
        .map(Exposition::row)
        .toList();
  }

  private static String row(Family family) {
    String labels =
        family.samples().stream()
            .flatMap(sample -> sample.labels().keySet().stream())
            .filter(label -> !label.equals("le"))
            .distinct()
            .sorted()
            .map(label -> "`" + label + "`")
            .collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |".formatted(family.name(), family.type(), labels, family.help());
  }

  /** All families by their names. */
  public Map<String, Family> families() {
    return families;
  }

  /**
   * A value.
   *
   * @param sample as {@code name} or {@code name{label="value"}}, labels in the order of their
   *     names
   */
  public double value(String sample) {
    @Nullable Double value = samples.get(sample);
    if (value == null) {
      throw new AssertionError("there is no " + sample + " in " + samples.keySet());
    }
    return value;
  }

  private static String words(SortedMap<String, String> labels) {
    List<String> words = new ArrayList<>();
    labels.forEach((name, value) -> words.add(name + "=\"" + value + "\""));
    return words.isEmpty() ? "" : "{" + String.join(",", words) + "}";
  }

  private static void require(boolean condition, String what, String line) {
    if (!condition) {
      throw new AssertionError(what + ": " + line);
    }
  }
}
