package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The product's table of what cf-runagent prints: each line begins with the host that said it,
 * {@code HOST> -> LINE} for the agent's, {@code HOST> !! TEXT} and {@code HOST> TEXT} for the
 * node's own words. Lines without a host are the local agent's, or go on with what the last one
 * said. Where hosts are not expected, a host is what has something behind it that cf-runagent
 * prints there.
 */
public final class TableFilter implements OutputFormatter {
  private static final int MOST_BYTES = 16 << 20;
  private static final String AFTER_HOST = "> ";
  private static final String AGENT = "-> ";
  private static final String ERROR = "!! ";
  private static final String BEGIN = "cf-serverd executing cfruncommand: ";
  private static final Pattern EXIT = Pattern.compile("\\(exit code: (\\d+)\\)");

  private static final List<String> AFTER_UNEXPECTED_HOST =
      List.of(AGENT, ERROR, BEGIN, "(exit code: ", "EXEC denied", "BAD: ");
  private static final boolean[] IS_OF_HOST = new boolean[256];

  static {
    // Letters beyond ASCII are bytes from 128 on.
    Arrays.fill(IS_OF_HOST, 128, 256, true);
    Arrays.fill(IS_OF_HOST, 'a', 'z' + 1, true);
    Arrays.fill(IS_OF_HOST, 'A', 'Z' + 1, true);
    Arrays.fill(IS_OF_HOST, '0', '9' + 1, true);
    "._:%-".chars().forEach(c -> IS_OF_HOST[c] = true);
  }

  private final TableFormatter table;
  private final FormatOptions options;
  private final Lines lines = new Lines(MOST_BYTES, this::line);
  private String host = "localhost";
  private byte[] hostBytes = new byte[0];

  public TableFilter(FormatOptions options) {
    this.table = new TableFormatter(options, 0);
    this.options = options;
  }

  @Override
  public byte[] feed(byte[] bytes) {
    lines.feed(bytes);
    return table.takeBytes();
  }

  @Override
  public byte[] end() {
    lines.end();
    if (options.fullCompliance() && table.isEmpty()) {
      table.next(host, new byte[0], 0);
    }
    table.sumUp();
    return table.takeBytes();
  }

  /** See {@link TableFormatter#exitStatus}. */
  public int exitStatus(boolean errors, boolean deviations) {
    return table.exitStatus(errors, deviations);
  }

  private void line(byte[] line) {
    if (options.raw()) {
      table.plain(line);
    }
    int end = endOfHost(line);
    if (end == 0 || !(options.hostColumn() || hasHost(line, end))) {
      table.next(host, line, 0);
      return;
    }
    if (!Arrays.equals(line, 0, end, hostBytes, 0, hostBytes.length)) {
      hostBytes = Arrays.copyOf(line, end);
      host = new String(hostBytes, UTF_8);
    }
    int rest = end + AFTER_HOST.length();
    if (Bytes.isAt(line, rest, line.length, AGENT)) {
      table.next(host, line, rest + AGENT.length());
    } else {
      node(new String(line, rest, line.length - rest, UTF_8));
    }
  }

  /** What the node itself says. */
  private void node(String line) {
    String text = line.startsWith(ERROR) ? line.substring(ERROR.length()) : line;
    Matcher exit = EXIT.matcher(text);
    if (exit.matches()) {
      boolean isWell = exit.group(1).equals("0");
      table.over(host, "exit status " + exit.group(1), !isWell);
    } else if (!text.startsWith(BEGIN)) {
      table.over(host, text, true);
    } else if (options.info()) {
      table.next(host, text.getBytes(UTF_8), 0);
    }
  }

  private static boolean hasHost(byte[] line, int end) {
    int rest = end + AFTER_HOST.length();
    for (String text : AFTER_UNEXPECTED_HOST) {
      if (Bytes.isAt(line, rest, line.length, text)) {
        return true;
      }
    }
    return false;
  }

  /** Of a name or an address; 0 if the line does not begin with one. */
  private static int endOfHost(byte[] line) {
    int end = 0;
    while (end < line.length && IS_OF_HOST[line[end] & 0xff]) {
      end++;
    }
    return Bytes.isAt(line, end, line.length, AFTER_HOST) ? end : 0;
  }
}
