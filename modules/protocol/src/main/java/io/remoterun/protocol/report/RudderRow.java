package io.remoterun.protocol.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows of Rudder's own formatter, and the header before the first one. */
final class RudderRow {
  private static final String NONE = "None";
  private static final String JSON = "[JSON object]";
  private static final String HOSTNAME = "Hostname";

  private final Columns out;
  private final FormatOptions options;
  private final Palette palette;
  private boolean hasHeader;

  RudderRow(Columns out, FormatOptions options) {
    this.out = out;
    this.options = options;
    this.palette = options.palette();
  }

  /**
   * @param host may be empty
   * @param state if it is none of those that Rudder knows, null
   */
  void write(byte[] host, ReportLine line, @Nullable State state, Mode mode, double seconds) {
    if (!hasHeader) {
      hasHeader = true;
      header();
    }
    if (host.length > 0) {
      out.text(palette.normal);
      out.column(host, 0, host.length, 15);
      out.text(" ");
    }
    if (options.timing()) {
      out.text(mode == Mode.NONE ? "        " : String.format(Locale.ROOT, "%6.2fs ", seconds));
    }
    out.text(mode.color(palette));
    out.column(mode.word, options.fullStrings() ? 7 : 1);
    out.text(palette.normal);
    out.text(options.fullStrings() ? " " : mode == Mode.NONE ? "  " : "| ");
    if (state == null) {
      out.text(State.colorOfWord(line, palette));
      out.column(line.bytes, line.from(ReportLine.STATE), line.to(ReportLine.STATE), 13);
    } else {
      out.text(state.level.color(palette));
      out.column(state.word, 13);
    }
    out.text(palette.normal);
    out.text(" ");
    field(line, ReportLine.TECHNIQUE, 25);
    field(line, ReportLine.COMPONENT, 25);
    if (line.is(ReportLine.KEY, NONE)) {
      out.spaces(19);
    } else {
      field(line, ReportLine.KEY, 18);
    }
    if (state == State.REPORT_JSON) {
      out.text(JSON);
    } else {
      line.message(out);
    }
    out.text("\n");
  }

  private void field(ReportLine line, int number, int width) {
    int from = line.from(number);
    int to = line.to(number);
    if (options.fullStrings()) {
      out.wide(line.bytes, from, to, width);
      out.text(" ");
    } else if (to - from > width && Characters.length(line.bytes, from, to) > width) {
      out.column(line.bytes, from, to, width - 1);
      out.text("| ");
    } else {
      out.column(line.bytes, from, to, width);
      out.text(" ");
    }
  }

  private void header() {
    out.text(palette.header);
    if (options.hostColumn()) {
      out.column(HOSTNAME, 15);
      out.text(" ");
    }
    if (options.timing()) {
      out.text("   Time ");
    }
    out.text(options.fullStrings() ? "Mode    " : "M| ");
    out.text(
        "State         Technique                 Component                 Key                ");
    out.text("Message");
    out.text(palette.normal);
    out.text("\n");
  }
}
