package io.remoterun.benchmarks.fleet;

import io.remoterun.benchmarks.process.Words;
import java.time.Duration;
import java.util.List;

/**
 * What the agent of each simulated node does: it prints its lines, so many at a time, evenly over
 * its time; without a time, as fast as they are taken.
 *
 * @param lineBytes of each line, line feed included; at most 4000, so that it is one transaction
 * @param linesAtOnce how many it prints in one go; the last ones may be fewer
 */
public record SimulatedAgent(Duration time, long lines, int lineBytes, int linesAtOnce) {

  public SimulatedAgent {
    if (time.isNegative() || lines < 0 || lineBytes < 1 || lineBytes > 4000 || linesAtOnce < 1) {
      throw new IllegalArgumentException("no such agent");
    }
  }

  public long bytes() {
    return lines * lineBytes;
  }

  /** How often it prints. */
  long pieces() {
    return (lines + linesAtOnce - 1) / linesAtOnce;
  }

  public List<String> words() {
    return List.of(
        "--agent-ms=" + time.toMillis(),
        "--lines=" + lines,
        "--line-bytes=" + lineBytes,
        "--lines-at-once=" + linesAtOnce);
  }

  static SimulatedAgent of(Words words) {
    return new SimulatedAgent(
        Duration.ofMillis(words.number("agent-ms")),
        words.number("lines"),
        Math.toIntExact(words.number("line-bytes")),
        Math.toIntExact(words.number("lines-at-once")));
  }

  @Override
  public String toString() {
    return (time.isZero() ? "as fast as it can, " : "in " + time.toMillis() + " ms, ")
        + lines
        + " lines of "
        + lineBytes
        + " bytes, "
        + linesAtOnce
        + " at a time";
  }
}
