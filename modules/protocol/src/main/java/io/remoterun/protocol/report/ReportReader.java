package io.remoterun.protocol.report;

import java.util.function.Consumer;

/**
 * Reads the reports in the output of one node's agent, with or without times before its lines.
 * Lines that are no reports are left out, and so are reports that are cut off; those that frame a
 * run, {@code control}, are there. Of a line 16 MiB are held, of a report that spans lines 64 KiB.
 * Not thread-safe.
 */
public final class ReportReader {
  private static final int MOST_BYTES_OF_LINE = 16 << 20;

  private final Consumer<Report> reader;
  private final NodeLines lines = new NodeLines();
  private final Lines cutter = new Lines(MOST_BYTES_OF_LINE, this::line);

  /**
   * @param reader is told each report as soon as its last byte has come
   */
  public ReportReader(Consumer<Report> reader) {
    this.reader = reader;
  }

  /**
   * @param bytes of the output, cut anywhere
   */
  public void feed(byte[] bytes) {
    cutter.feed(bytes);
  }

  /** Nothing more comes: a last line may have no line feed. */
  public void end() {
    cutter.end();
  }

  private void line(byte[] line) {
    for (NodeLines.Line clear : lines.next(line, 0)) {
      switch (clear) {
        case NodeLines.Reported(_, ReportLine report) -> reader.accept(Report.of(report));
        case NodeLines.Begin(ReportLine report) -> reader.accept(Report.of(report));
        case NodeLines.End(ReportLine report) -> reader.accept(Report.of(report));
        case NodeLines.Problem _, NodeLines.Said _ -> {}
      }
    }
  }
}
