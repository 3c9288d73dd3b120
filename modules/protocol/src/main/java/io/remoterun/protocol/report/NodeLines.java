package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the lines of one node's output are. A report whose component or key spans lines is put
 * together; one that is cut off is told as it is. Not thread-safe.
 */
final class NodeLines {
  /** More is no report any more. */
  private static final int MOST_LINES_OF_REPORT = 20;

  private static final String ERROR = "   error: ";

  /** One line, or several that are one report. */
  sealed interface Line {}

  record Report(
      @Nullable State state,
      String stateWord,
      State.Mode mode,
      String technique,
      String component,
      String key,
      String message)
      implements Line {}

  /** The run begins with this configuration. */
  record Begin(String configuration) implements Line {}

  /** The run is over. */
  record End() implements Line {}

  /** An error of CFEngine, a refusal, or a report that cannot be read. */
  record Problem(String text) implements Line {}

  /** Anything else that the agent says. */
  record Said(String text) implements Line {}

  private final StringBuilder begun = new StringBuilder();
  private int linesOfBegun;

  /** What has become clear with this line. */
  List<Line> next(String line) {
    List<Line> clear = new ArrayList<>(1);
    if (linesOfBegun > 0 && line.startsWith("R: @@")) {
      clear.addAll(end());
    }
    if (linesOfBegun > 0 || line.startsWith("R: @@")) {
      goOn(line, clear);
    } else {
      clear.add(isProblem(line) ? new Problem(line.strip()) : new Said(line));
    }
    return clear;
  }

  private void goOn(String line, List<Line> clear) {
    begun.append(linesOfBegun == 0 ? "" : " ").append(linesOfBegun == 0 ? line : line.strip());
    linesOfBegun++;
    ReportLine whole = new ReportLine(begun.toString().getBytes(UTF_8));
    if (whole.isReport()) {
      forget();
      clear.add(report(whole));
    } else if (linesOfBegun == MOST_LINES_OF_REPORT) {
      clear.addAll(end());
    }
  }

  /** What was begun and has no end. */
  List<Line> end() {
    if (linesOfBegun == 0) {
      return List.of();
    }
    Line cut = new Problem("cut off: " + begun);
    forget();
    return List.of(cut);
  }

  private void forget() {
    begun.setLength(0);
    linesOfBegun = 0;
  }

  static boolean isProblem(String line) {
    return line.startsWith(ERROR)
        || line.startsWith("BAD: ")
        || line.startsWith("EXEC denied")
        || line.startsWith("CRITICAL:");
  }

  private static Line report(ReportLine line) {
    String state = line.field(3);
    String key = line.field(8);
    if (key.equals("StartRun") || key.equals("EndRun")) {
      return key.equals("EndRun") ? new End() : new Begin("");
    }
    if (state.equals("control")) {
      return line.field(7).equals("end") ? new End() : new Begin(key);
    }
    State known = State.of(line);
    return new Report(
        known,
        known == null ? state : known.word,
        known == null ? State.Mode.NONE : known.mode,
        line.field(2),
        line.field(7),
        key.equals("None") ? "" : key,
        known == State.REPORT_JSON
            ? "[JSON object]"
            : new String(line.bytes, line.message, line.bytes.length - line.message, UTF_8));
  }
}
