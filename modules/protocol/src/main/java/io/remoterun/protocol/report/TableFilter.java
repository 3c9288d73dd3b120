package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The product's table of what cf-runagent prints: each line begins with the host that said it,
 * {@code HOST> -> LINE} for the agent's, {@code HOST> !! TEXT} and {@code HOST> TEXT} for the
 * node's own words. Lines without a host are the local agent's, or go on with what the last one
 * said.
 */
public final class TableFilter implements OutputFormatter {
  private static final Pattern LINE = Pattern.compile("([\\p{L}0-9._:%-]+)> (-> |!! )?(.*)");
  private static final Pattern EXIT = Pattern.compile("\\(exit code: (\\d+)\\)");
  private static final Pattern BEGIN = Pattern.compile("cf-serverd executing cfruncommand: .*");

  private final TableFormatter table;
  private final boolean hasInfo;
  private final StringBuilder out = new StringBuilder();
  private final Lines lines = new Lines(this::line);
  private String host = "localhost";

  public TableFilter(FormatOptions options) {
    this.table = new TableFormatter(options, 0);
    this.hasInfo = options.info();
  }

  @Override
  public byte[] feed(byte[] bytes) {
    lines.feed(bytes);
    return take();
  }

  @Override
  public byte[] end() {
    lines.end();
    out.append(table.end());
    return take();
  }

  /** See {@link TableFormatter#exitStatus}. */
  public int exitStatus(boolean errors, boolean deviations) {
    return table.exitStatus(errors, deviations);
  }

  private void line(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      out.append(table.line(host, text));
      return;
    }
    host = line.group(1);
    String rest = line.group(3);
    Matcher exit = EXIT.matcher(rest);
    if ("-> ".equals(line.group(2))) {
      out.append(table.line(host, rest));
    } else if (exit.matches()) {
      boolean isWell = exit.group(1).equals("0");
      out.append(table.ended(host, "exit status " + exit.group(1), !isWell));
    } else if (!BEGIN.matcher(rest).matches()) {
      out.append(table.ended(host, rest, true));
    } else if (hasInfo) {
      out.append(table.line(host, rest));
    }
  }

  private byte[] take() {
    byte[] written = out.toString().getBytes(UTF_8);
    out.setLength(0);
    return written;
  }
}
