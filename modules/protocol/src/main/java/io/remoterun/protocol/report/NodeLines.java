package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the lines of one node's output are. A report whose component or key spans lines is put
 * together; one that is cut off is told as it is. Not thread-safe.
 */
final class NodeLines {
  /** More is no report any more. */
  private static final int MOST_LINES_OF_REPORT = 20;

  private static final int MOST_BYTES_OF_REPORT = 64 << 10;

  private static final String REPORT = "R: @@";
  private static final String ERROR = "   error: ";

  /** One line, or several that are one report. */
  sealed interface Line {}

  /**
   * Its texts are decoded when they are asked for: most reports are only counted.
   *
   * @param state null for one that is not known here
   */
  record Reported(@Nullable State state, ReportLine line) implements Line {
    String stateWord() {
      return state == null ? line.field(ReportLine.STATE) : state.word;
    }
  }

  /** The run begins. */
  record Begin(ReportLine line) implements Line {
    /** Its id; empty for older agents. */
    String configuration() {
      return line.isControl() ? line.field(ReportLine.KEY) : "";
    }
  }

  /** The run is over. */
  record End(ReportLine line) implements Line {}

  /** An error of CFEngine, a refusal, or a report that cannot be read. */
  record Problem(String text) implements Line {}

  /** Anything else that the agent says. */
  static final class Said implements Line {
    private final byte[] line;
    private final int from;

    private Said(byte[] line, int from) {
      this.line = line;
      this.from = from;
    }

    String text() {
      return NodeLines.text(line, from);
    }
  }

  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private int linesOfBegun;

  /**
   * @param line without its line feed; not to be changed any more
   * @param from where it begins; with a time, or without
   * @return what has become clear with it
   */
  List<Line> next(byte[] line, int from) {
    int text = Timestamp.skip(line, from);
    boolean isReport = begins(line, text, REPORT);
    if (linesOfBegun == 0) {
      return isReport ? begin(line, text) : List.of(other(line, text));
    }
    if (isReport) {
      return Stream.concat(end().stream(), begin(line, text).stream()).toList();
    }
    // An error that comes in between is none of the report's text.
    return isProblem(line, text) ? List.of(other(line, text)) : goOn(text(line, text));
  }

  private static String text(byte[] line, int from) {
    return new String(line, from, line.length - from, UTF_8);
  }

  private static Line other(byte[] line, int from) {
    return isProblem(line, from) ? new Problem(text(line, from).strip()) : new Said(line, from);
  }

  private List<Line> begin(byte[] line, int from) {
    ReportLine whole = new ReportLine(line, from);
    if (whole.isReport()) {
      return List.of(report(whole));
    }
    begun.write(line, from, line.length - from);
    linesOfBegun = 1;
    return List.of();
  }

  private List<Line> goOn(String line) {
    begun.writeBytes((" " + line.strip()).getBytes(UTF_8));
    linesOfBegun++;
    ReportLine whole = new ReportLine(begun.toByteArray());
    if (whole.isReport()) {
      forget();
      return List.of(report(whole));
    }
    return linesOfBegun == MOST_LINES_OF_REPORT || begun.size() > MOST_BYTES_OF_REPORT
        ? end()
        : List.of();
  }

  /** What was begun and has no end. */
  List<Line> end() {
    if (linesOfBegun == 0) {
      return List.of();
    }
    Line cut = new Problem("cut off: " + begun.toString(UTF_8));
    forget();
    return List.of(cut);
  }

  private void forget() {
    begun.reset();
    linesOfBegun = 0;
  }

  private static boolean isProblem(byte[] line, int from) {
    return begins(line, from, ERROR)
        || begins(line, from, "BAD: ")
        || begins(line, from, "EXEC denied")
        || begins(line, from, "CRITICAL:");
  }

  private static boolean begins(byte[] line, int from, String ascii) {
    return Bytes.isAt(line, from, line.length, ascii);
  }

  private static Line report(ReportLine line) {
    if (line.is(ReportLine.KEY, ReportLine.END_RUN) || frames(line, ReportLine.END)) {
      return new End(line);
    }
    if (line.is(ReportLine.KEY, ReportLine.START_RUN) || frames(line, ReportLine.START)) {
      return new Begin(line);
    }
    return new Reported(State.of(line), line);
  }

  private static boolean frames(ReportLine line, String component) {
    return line.is(ReportLine.COMPONENT, component) && line.isControl();
  }
}
