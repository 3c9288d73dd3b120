package io.remoterun.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.RudderFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code rudder remote run} would show. It reads cf-runagent's output, where nodes take turns;
 * so lines get the name before them that they have there, and a report that spans lines is kept
 * together. What goes wrong is one of CFEngine's error lines, which are always shown.
 */
public final class RudderRows implements FormattedOutput.Rows {
  private static final int MOST_BYTES_OF_REPORT = 64 << 10;

  /** There may be as many of these as people look at runs. */
  private static final int MOST_BYTES = 1 << 20;

  private static final byte[] END_OF_LINE = {'\n'};
  private static final byte[] NOTHING = {};

  private final RudderFormatter formatter;
  private final Supplier<Optional<String>> lastLine;
  private final Map<String, byte[]> unfinished = new HashMap<>();

  /**
   * @param lastLine after the summary
   */
  public RudderRows(FormatOptions options, Supplier<Optional<String>> lastLine) {
    this.formatter = new RudderFormatter(options, MOST_BYTES);
    this.lastLine = lastLine;
  }

  @Override
  public byte[] line(String node, byte[] line) {
    byte[] before = unfinished.remove(node);
    if (before == null) {
      return begin(node, line);
    }
    return RudderFormatter.beginsReport(line)
        ? joined(shown(node, before), begin(node, line))
        : begin(node, joined(before, RudderFormatter.withoutTime(line)));
  }

  private byte[] begin(String node, byte[] line) {
    if (RudderFormatter.isUnfinished(line) && line.length < MOST_BYTES_OF_REPORT) {
      unfinished.put(node, line);
      return NOTHING;
    }
    return shown(node, line);
  }

  private byte[] shown(String node, byte[] line) {
    byte[] prefix = (node + "> -> ").getBytes(UTF_8);
    return formatter.feed(joined(joined(prefix, line), END_OF_LINE));
  }

  private byte[] rest(String node) {
    byte[] before = unfinished.remove(node);
    return before == null ? NOTHING : shown(node, before);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public byte[] missing(String node, long bytes) {
    return error(node, bytes + " bytes of output are missing here");
  }

  @Override
  public byte[] ended(String node, String how, boolean hasFailed) {
    return hasFailed ? error(node, how) : rest(node);
  }

  private byte[] error(String node, String text) {
    String line = "   error: " + node + ": " + text + "\n";
    return joined(rest(node), formatter.feed(line.getBytes(UTF_8)));
  }

  @Override
  public byte[] end() {
    byte[] summary = formatter.end();
    return lastLine
        .get()
        .map(line -> joined(summary, (line + "\n").getBytes(UTF_8)))
        .orElse(summary);
  }
}
