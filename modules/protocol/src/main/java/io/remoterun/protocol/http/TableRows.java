package io.remoterun.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.TableFormatter;

/** The product's own table. */
final class TableRows implements FormattedOutput.Rows {
  private final TableFormatter table;

  TableRows(FormatOptions options) {
    this.table = new TableFormatter(options, 0);
  }

  @Override
  public byte[] line(String node, byte[] line) {
    return table.line(node, line).getBytes(UTF_8);
  }

  @Override
  public byte[] missing(String node, long bytes) {
    return table.missing(node, bytes).getBytes(UTF_8);
  }

  @Override
  public byte[] ended(String node, String how, boolean hasFailed) {
    return table.ended(node, how, hasFailed).getBytes(UTF_8);
  }

  @Override
  public byte[] end() {
    return table.end().getBytes(UTF_8);
  }
}
