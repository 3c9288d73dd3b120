package io.remoterun.node.status;

import io.remoterun.protocol.run.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node's status for a person at a terminal: times as distances, columns aligned. */
public final class StatusText {
  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final int MOST_ENDED = 10;

  private final NodeStatus status;
  private final boolean colour;
  private final StringBuilder text = new StringBuilder();

  private StatusText(NodeStatus status, boolean colour) {
    this.status = status;
    this.colour = colour;
  }

  /** Several lines, the last one with its line feed. */
  public static String of(NodeStatus status, boolean colour) {
    StatusText text = new StatusText(status, colour);
    text.head();
    text.runs();
    text.schedule();
    text.ended();
    text.worries();
    return text.text.toString();
  }

  private void head() {
    line(
        paint(BOLD, "node " + Printable.of(status.node())),
        paint(
            DIM,
            "remote-run %s, up %s, %d connection%s"
                .formatted(
                    Printable.of(status.version()),
                    words(Duration.between(status.since(), status.now())),
                    status.connections(),
                    status.connections() == 1 ? "" : "s")));
    text.append('\n');
  }

  private void runs() {
    if (status.running().isEmpty()) {
      line("agent", status.disabled() == null ? "idle" : paint(YELLOW, "disabled"));
    }
    for (NodeStatus.Run run : status.running()) {
      line(name(run), paint(GREEN, "runs") + " since " + since(run) + ", " + asked(run));
    }
    for (NodeStatus.Run run : status.waiting()) {
      line(name(run), "waits since " + since(run) + ", " + asked(run));
    }
  }

  private void schedule() {
    if (!status.schedule().enabled()) {
      line("schedule", "off: this program starts no run by itself");
      return;
    }
    title("schedule");
    List<List<String>> rows = new ArrayList<>();
    for (NodeStatus.Section section : status.schedule().sections()) {
      rows.add(
          List.of(
              Printable.of(section.name()),
              in(section.next()),
              ago("last ", section.last()),
              paint(DIM, Printable.of(String.join(" ", section.command())))));
    }
    table(rows);
  }

  private void ended() {
    if (status.last().isEmpty()) {
      return;
    }
    title("last runs");
    List<List<String>> rows = new ArrayList<>();
    for (NodeStatus.Ended ended : status.last().stream().limit(MOST_ENDED).toList()) {
      rows.add(
          List.of(
              ago("", ended.run().since()),
              name(ended.run()),
              "took " + words(Duration.ofMillis(ended.milliseconds())),
              paint(ended.failed() ? RED : GREEN, Printable.of(ended.end())),
              paint(DIM, asked(ended.run()))));
    }
    table(rows);
  }

  private void worries() {
    List<String> worries = status.worries();
    if (!worries.isEmpty()) {
      title("to look at");
      worries.forEach(worry -> line("  " + paint(YELLOW, Printable.of(worry))));
    }
  }

  private static String name(NodeStatus.Run run) {
    String conditions = run.conditions().isEmpty() ? "" : " " + run.conditions();
    return Printable.of(run.job() + conditions);
  }

  private static String asked(NodeStatus.Run run) {
    return Printable.of("by " + run.askedBy() + ", run " + run.id());
  }

  private String since(NodeStatus.Run run) {
    return words(Duration.between(run.since(), status.now()));
  }

  private String in(Instant next) {
    Duration rest = Duration.between(status.now(), next);
    return rest.isNegative() ? paint(YELLOW, "overdue") : "in " + words(rest);
  }

  private String ago(String before, @Nullable Instant when) {
    return when == null
        ? before + "never"
        : before + words(Duration.between(when, status.now())) + " ago";
  }

  /** The two greatest units; the smaller one only where it tells something. */
  static String words(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 10) {
      return "%d.%d s".formatted(seconds, Math.max(0, time.toMillisPart()) / 100);
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min" + rest(seconds % 60, "s");
    }
    if (seconds < 48 * 3600) {
      return seconds / 3600 + " h" + rest(seconds % 3600 / 60, "min");
    }
    return seconds / 86400 + " d" + rest(seconds % 86400 / 3600, "h");
  }

  private static String rest(long value, String unit) {
    return value == 0 ? "" : " " + value + " " + unit;
  }

  private void title(String words) {
    text.append('\n').append(paint(BOLD, words)).append('\n');
  }

  private void line(String... parts) {
    text.append(String.join("  ", parts)).append('\n');
  }

  private void table(List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int column = 0; column < columns; column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> visible(other.get(at))).max().orElse(0);
        line.append(' ').append(row.get(column));
        line.append(" ".repeat(width - visible(row.get(column)) + 1));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static int visible(String painted) {
    return painted.replaceAll("\u001b\\[[0-9]*m", "").length();
  }

  private String paint(String code, String words) {
    return colour ? "\u001b[" + code + "m" + words + "\u001b[0m" : words;
  }
}
