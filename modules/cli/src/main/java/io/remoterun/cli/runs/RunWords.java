package io.remoterun.cli.runs;

import io.remoterun.cli.console.Rows;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Runs, as the webapp tells them, for people. Times are those of this machine's zone. */
final class RunWords {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private static final int MOST_NAMES = 3;

  private RunWords() {}

  static String time(String instant) {
    try {
      return instant.isEmpty() ? "" : TIME.format(Instant.parse(instant));
    } catch (DateTimeParseException e) {
      return instant;
    }
  }

  /** ISO 8601's {@code PT1H30M} is not for people. */
  private static String span(String duration) {
    Duration time;
    try {
      time = duration.isEmpty() ? Duration.ZERO : Duration.parse(duration);
    } catch (DateTimeParseException e) {
      return duration;
    }
    List<String> parts = new ArrayList<>();
    part(parts, time.toHours(), " h");
    part(parts, time.toMinutesPart(), " min");
    part(parts, time.toSecondsPart(), " s");
    part(parts, time.toMillisPart(), " ms");
    return String.join(" ", parts);
  }

  private static void part(List<String> parts, long number, String unit) {
    if (number != 0) {
      parts.add(number + unit);
    }
  }

  /**
   * @param name of a node with an id
   */
  static String targets(JsonNode run, UnaryOperator<String> name) {
    JsonNode targets = run.path("targets");
    if (targets.has("group")) {
      return "group " + targets.path("group").asString("");
    }
    if (targets.has("query")) {
      return "where " + targets.path("query").asString("");
    }
    int nodes = targets.path("nodes").size();
    return targets.has("all")
        ? "all"
        : nodes == 1 ? name.apply(targets.path("nodes").path(0).asString("")) : nodes + " nodes";
  }

  static Counts counts(JsonNode run) {
    JsonNode counts = run.path("counts");
    return new Counts(
        counts.path("waiting").asInt(0),
        counts.path("running").asInt(0),
        counts.path("succeeded").asInt(0),
        counts.path("agentErrors").asInt(0),
        counts.path("failed").asInt(0),
        counts.path("stopped").asInt(0),
        counts.path("unconfirmed").asInt(0));
  }

  static String texts(JsonNode array) {
    List<String> texts =
        StreamSupport.stream(array.spliterator(), false).map(text -> text.asString("")).toList();
    return String.join(", ", texts);
  }

  /** All that is known of a run but its nodes. */
  static String head(JsonNode run) {
    List<String> lines = new ArrayList<>();
    lines.add("run " + run.path("id").asString("") + "  " + run.path("state").asString(""));
    line(lines, "targets", targets(run, id -> nameAndId(run, id)));
    line(lines, "conditions", texts(run.path("conditions")));
    line(lines, "deadline", span(run.path("deadline").asString("")));
    line(lines, "concurrency", run.path("concurrency").asString(""));
    line(lines, "fail after", run.path("stopAfter").asString(""));
    line(lines, "retry of", run.path("retryOf").asString(""));
    line(lines, "asked by", caller(run.path("askedBy")));
    line(lines, "began", time(run.path("began").asString("")));
    line(lines, "ended", time(run.path("ended").asString("")));
    line(lines, "cancelled by", caller(run.path("cancelledBy")));
    line(lines, "nodes", counts(run).toString());
    return String.join("\n", lines) + "\n";
  }

  private static String nameAndId(JsonNode run, String id) {
    return nodesOf(run)
        .filter(node -> node.path("id").asString("").equals(id) && node.has("hostname"))
        .map(node -> name(node) + " (" + id + ")")
        .findFirst()
        .orElse(id);
  }

  private static Stream<JsonNode> nodesOf(JsonNode run) {
    return StreamSupport.stream(run.path("nodes").spliterator(), false);
  }

  private static String name(JsonNode node) {
    return node.path("hostname").asString(node.path("id").asString(""));
  }

  private static void line(List<String> lines, String name, String text) {
    if (!text.isEmpty()) {
      lines.add("  %-13s%s".formatted(name, Printable.of(text, 2000)));
    }
  }

  private static String caller(JsonNode caller) {
    return caller.isMissingNode()
        ? ""
        : caller.path("name").asString("") + " from " + caller.path("from").asString("");
  }

  static String nodes(JsonNode run) {
    Rows rows = new Rows("NODE", "STATE", "TOOK", "HOW IT ENDED");
    for (JsonNode node : run.path("nodes")) {
      rows.add(
          name(node),
          node.path("state").asString(""),
          node.has("durationMs") ? took(node.path("durationMs").asLong(0)) : "",
          how(node));
    }
    return run.path("nodes").isEmpty() ? "" : "\n" + rows + advice(run);
  }

  /** Each once, below those whom it is for. */
  private static String advice(JsonNode run) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    nodesOf(run)
        .filter(node -> node.path("failure").has("advice"))
        .forEach(
            node ->
                named
                    .computeIfAbsent(
                        node.path("failure").path("advice").asString(""), any -> new ArrayList<>())
                    .add(name(node)));
    StringBuilder lines = new StringBuilder(named.isEmpty() ? "" : "\n");
    named.forEach(
        (advice, nodes) ->
            lines.append(Printable.of(some(nodes) + ": " + advice, 2000)).append('\n'));
    return lines.toString();
  }

  private static String some(List<String> nodes) {
    int shown = Math.min(MOST_NAMES, nodes.size());
    int rest = nodes.size() - shown;
    return String.join(", ", nodes.subList(0, shown)) + (rest == 0 ? "" : " and " + rest + " more");
  }

  private static String took(long millis) {
    Duration time = Duration.ofMillis(millis);
    return time.toMinutes() == 0
        ? "%d.%01d s".formatted(time.toSeconds(), time.toMillisPart() / 100)
        : "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
  }

  private static String how(JsonNode node) {
    JsonNode failure = node.path("failure");
    if (!failure.isMissingNode()) {
      String hop = failure.path("hop").asString("");
      String reason = failure.path("reason").asString("");
      boolean isItself = hop.equals("node " + node.path("id").asString(""));
      return isItself ? reason : hop + ": " + reason;
    }
    if (node.has("signal")) {
      return "killed by signal " + node.path("signal").asString("");
    }
    return node.has("exitCode") ? "exit status " + node.path("exitCode").asInt(0) : "";
  }
}
