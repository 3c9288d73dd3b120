package io.remoterun.node.agent;

import io.remoterun.protocol.run.OutputBytes;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts what the agent prints into whole lines, and a longer line into pieces of 64 KiB. Not
 * thread-safe.
 */
final class LineSplitter {
  static final int MOST_BYTES = 64 * 1024;

  private final Consumer<OutputBytes> lines;
  private byte[] begun = new byte[1024];
  private int size;

  LineSplitter(Consumer<OutputBytes> lines) {
    this.lines = lines;
  }

  void add(byte[] bytes, int length) {
    int from = 0;
    while (from < length) {
      int end = endOfLine(bytes, from, Math.min(length, from + MOST_BYTES - size));
      take(bytes, from, end);
      if (bytes[end - 1] == '\n' || size == MOST_BYTES) {
        flush();
      }
      from = end;
    }
  }

  private static int endOfLine(byte[] bytes, int from, int to) {
    int index = from;
    while (index < to && bytes[index] != '\n') {
      index++;
    }
    return Math.min(index + 1, to);
  }

  /** What was printed after the last line feed is a piece, too. */
  void flush() {
    if (size > 0) {
      lines.accept(OutputBytes.copyOf(begun, 0, size));
      size = 0;
    }
  }

  private void take(byte[] bytes, int from, int to) {
    int length = to - from;
    if (size + length > begun.length) {
      begun = Arrays.copyOf(begun, Math.max(2 * begun.length, size + length));
    }
    System.arraycopy(bytes, from, begun, size, length);
    size += length;
  }
}
