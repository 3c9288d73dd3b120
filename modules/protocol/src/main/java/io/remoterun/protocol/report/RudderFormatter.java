package io.remoterun.protocol.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Byte for byte what Rudder's own formatter prints, {@code share/lib/reports.awk} of rudder-agent
 * with gawk in a UTF-8 locale, its oddities included: one summary for all hosts, hosts cut to 15
 * characters, a refusal shown only with info. One thing is different: it waits for ever when the
 * output ends in the middle of a report's key. And so that nobody makes this one hold what he
 * likes, there is a longest line and report; what is longer is formatted in pieces.
 */
public final class RudderFormatter implements OutputFormatter {
  private static final String NEXT_REPORT = " R: @@";
  private static final String BEGIN_OF_REPORT = "R: @@";
  private static final String MARK = "@@";
  private static final String ERROR = "   error: ";

  private final FormatOptions options;
  private final Palette palette;
  private final LongSupplier nanoTime;
  private final long began;
  private final Columns out = new Columns();
  private final RudderRow row;
  private final Lines lines;
  private final int mostBytes;
  private final Summary summary = new Summary();

  /** A report whose key goes on in the next line. */
  private @Nullable ByteArrayOutputStream unfinished;

  private byte lastOfUnfinished;

  /** The last line that was looked at because of such a one. */
  private byte[] looked = new byte[0];

  private byte[] host = new byte[0];
  private long componentBegan;
  private int broken;
  private boolean hasEnded;

  /**
   * @param mostBytes of a line, and of a report that spans lines
   */
  public RudderFormatter(FormatOptions options, int mostBytes) {
    this(options, mostBytes, System::nanoTime);
  }

  RudderFormatter(FormatOptions options, int mostBytes, LongSupplier nanoTime) {
    this.options = options;
    this.mostBytes = mostBytes;
    this.lines = new Lines(mostBytes, this::line);
    this.palette = options.palette();
    this.row = new RudderRow(out, options);
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
    this.componentBegan = began;
  }

  /** Whether this line is a report that goes on in the next one. */
  public static boolean isUnfinished(byte[] line) {
    return new ReportLine(line).fields == ReportLine.FIELDS_WITHOUT_TIME;
  }

  /** Whether an agent begins a report with this line, which may have a time before it. */
  public static boolean beginsReport(byte[] line) {
    return Bytes.isAt(line, Timestamp.skip(line, 0), line.length, BEGIN_OF_REPORT);
  }

  /** A line without the time that may be before it. */
  public static byte[] withoutTime(byte[] line) {
    int from = Timestamp.skip(line, 0);
    return from == 0 ? line : Arrays.copyOfRange(line, from, line.length);
  }

  @Override
  public byte[] feed(byte[] bytes) {
    lines.feed(bytes);
    return out.take();
  }

  @Override
  public byte[] end() {
    lines.end();
    if (unfinished != null) {
      lookAhead(unfinished, looked);
    }
    if (unfinished != null) {
      // Its end does not come any more.
      noReport(new ReportLine(unfinished.toByteArray()));
      unfinished = null;
    }
    boolean wasInterrupted = wasInterrupted();
    if (wasInterrupted) {
      complaint(
          palette.bad, "error    Rudder agent was interrupted during execution by a fatal error");
    }
    if (broken > 0) {
      complaint(palette.deviating, "warning  " + broken + " reports were not parsable.");
    }
    summary.write(out, options, wasInterrupted, seconds(began));
    return out.take();
  }

  /** Whether all that was asked for should have been reported and was not. */
  private boolean wasInterrupted() {
    return options.fullCompliance() && !hasEnded;
  }

  /**
   * What Rudder's formatter exits with, after the end.
   *
   * @param errors whether errors of policies count: 2
   * @param deviations whether also what is not compliant does: 3
   */
  public int exitStatus(boolean errors, boolean deviations) {
    if (wasInterrupted()) {
      return 1;
    }
    boolean isBad = summary.of(State.RESULT_ERROR) + summary.of(State.AUDIT_ERROR) > 0;
    if ((errors || deviations) && isBad) {
      return 2;
    }
    return deviations && summary.of(State.AUDIT_NONCOMPLIANT) > 0 ? 3 : 0;
  }

  private void complaint(String color, String text) {
    out.text(color);
    out.text(text);
    if (!options.info()) {
      out.text("\n         Run with -i to see log messages.");
    }
    out.text(palette.normal);
    out.text("\n");
  }

  private void line(byte[] bytes) {
    if (unfinished == null) {
      begin(bytes);
    } else {
      looked = bytes;
      lookAhead(unfinished, bytes);
    }
  }

  private void lookAhead(ByteArrayOutputStream begun, byte[] next) {
    if (begun.size() + next.length > mostBytes
        || Bytes.find(next, 0, next.length, NEXT_REPORT) >= 0) {
      // The report was a broken one, and the next is taken for what is left of it.
      unfinished = null;
      summary.countDirective(new ReportLine(begun.toByteArray()));
      noReport(new ReportLine(next));
    } else if (next.length > 0) {
      // Of a long one only what comes is looked at, or it would take for ever.
      boolean mayEnd =
          Bytes.find(next, 0, next.length, MARK) >= 0
              || (lastOfUnfinished == '@' && next[0] == '@');
      begun.writeBytes(next);
      lastOfUnfinished = next[next.length - 1];
      if (mayEnd) {
        unfinished = null;
        begin(begun.toByteArray());
      }
    }
  }

  private void begin(byte[] bytes) {
    ReportLine line = new ReportLine(bytes);
    if (line.fields == ReportLine.FIELDS_WITHOUT_TIME) {
      unfinished = new ByteArrayOutputStream();
      unfinished.writeBytes(bytes);
      lastOfUnfinished = bytes[bytes.length - 1];
      return;
    }
    if (line.fields > 0) {
      summary.countDirective(line);
    }
    if (line.isReport()) {
      if (options.raw()) {
        plain(line, "", "");
      }
      report(line);
    } else {
      noReport(line);
    }
  }

  private void noReport(ReportLine line) {
    if (options.raw()) {
      plain(line, "", "");
      return;
    }
    if (line.looksLikeReport()) {
      broken++;
    }
    if (Bytes.isAt(line.bytes, 0, line.bytes.length, ERROR)) {
      plain(line, palette.bad, palette.normal);
    } else if (options.info()) {
      plain(line, palette.plain, palette.normal);
    }
  }

  private void plain(ReportLine line, String before, String after) {
    out.text(before);
    out.text(line.bytes);
    out.text(after);
    out.text("\n");
  }

  private void report(ReportLine line) {
    host = line.host(host);
    if (!isControl(line)) {
      State state = State.of(line);
      Mode mode = Mode.of(line);
      double seconds = mode == Mode.NONE || !options.timing() ? 0 : lap();
      if (state != null) {
        summary.count(state);
      }
      boolean isShown = state == null ? !options.quiet() : state.level.isShown(options);
      if (isShown && !options.raw()) {
        row.write(host, line, state, mode, seconds);
      }
    }
  }

  /** Whether the report is about the run itself, which then is told. */
  private boolean isControl(ReportLine line) {
    if (line.is(ReportLine.KEY, ReportLine.START_RUN)) {
      parsingTime();
      line.message(out);
      out.text("\n\n");
      return true;
    }
    if (line.is(ReportLine.KEY, ReportLine.END_RUN)) {
      hasEnded = true;
      return true;
    }
    if (!line.isControl()) {
      return false;
    }
    if (line.is(ReportLine.COMPONENT, ReportLine.START)) {
      parsingTime();
      out.text("Start execution with config [");
      out.text(line.bytes, line.from(ReportLine.KEY), line.to(ReportLine.KEY));
      out.text("]\n\n");
      return true;
    }
    boolean isEnd = line.is(ReportLine.COMPONENT, ReportLine.END);
    hasEnded |= isEnd;
    return isEnd;
  }

  private void parsingTime() {
    if (options.timing()) {
      out.text(String.format(Locale.ROOT, "Parsing time: %.2fs\n", lap()));
    }
  }

  private double lap() {
    double seconds = seconds(componentBegan);
    componentBegan = nanoTime.getAsLong();
    return seconds;
  }

  private double seconds(long since) {
    return (nanoTime.getAsLong() - since) / 1e9;
  }
}
