package io.remoterun.protocol.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts bytes that come in any pieces into lines, without their line feeds. At most 1 MiB of a line
 * without an end is held: then that is taken for a line.
 */
final class Lines {
  static final int MOST_BYTES = 1 << 20;

  private final Consumer<byte[]> line;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  Lines(Consumer<byte[]> line) {
    this.line = line;
  }

  void feed(byte[] bytes) {
    int from = 0;
    int end = Bytes.find(bytes, from, bytes.length, '\n');
    while (end >= 0) {
      line.accept(lineTo(bytes, from, end));
      from = end + 1;
      end = Bytes.find(bytes, from, bytes.length, '\n');
    }
    while (begun.size() + bytes.length - from >= MOST_BYTES) {
      int to = from + MOST_BYTES - begun.size();
      line.accept(lineTo(bytes, from, to));
      from = to;
    }
    begun.write(bytes, from, bytes.length - from);
  }

  private byte[] lineTo(byte[] bytes, int from, int to) {
    if (begun.size() == 0) {
      return Arrays.copyOfRange(bytes, from, to);
    }
    begun.write(bytes, from, to - from);
    byte[] whole = begun.toByteArray();
    begun.reset();
    return whole;
  }

  /** A last line may have no line feed. */
  void end() {
    if (begun.size() > 0) {
      line.accept(begun.toByteArray());
      begun.reset();
    }
  }
}
