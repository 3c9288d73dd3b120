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
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Runs, as the webapp tells them, for people. Times are those of this machine's zone. */
final class RunWords {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

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

  static String targets(JsonNode run) {
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
        : nodes == 1 ? texts(targets.path("nodes")) : nodes + " nodes";
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
    line(lines, "targets", targets(run));
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
    Rows rows = new Rows("NODE", "STATE", "TOOK", "");
    for (JsonNode node : run.path("nodes")) {
      rows.add(
          node.path("hostname").asString(node.path("id").asString("")),
          node.path("state").asString(""),
          node.has("durationMs") ? took(node.path("durationMs").asLong(0)) : "",
          how(node));
    }
    return run.path("nodes").isEmpty() ? "" : "\n" + rows;
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
      return failure.path("hop").asString("")
          + ": "
          + failure.path("reason").asString("")
          + " ("
          + failure.path("advice").asString("")
          + ")";
    }
    if (node.has("signal")) {
      return "killed by signal " + node.path("signal").asString("");
    }
    return node.has("exitCode") ? "exit status " + node.path("exitCode").asInt(0) : "";
  }
}
