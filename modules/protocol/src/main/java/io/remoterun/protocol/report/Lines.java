package io.remoterun.protocol.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts bytes that come in any pieces into lines, without their line feeds. */
final class Lines {
  /** Of memory that a long line took. */
  private static final int MOST_BYTES_KEPT = 1 << 20;

  private final int mostBytes;
  private final Consumer<byte[]> line;
  private ByteArrayOutputStream begun = new ByteArrayOutputStream();

  /**
   * @param mostBytes of a line without an end that are held: then that is taken for a line
   */
  Lines(int mostBytes, Consumer<byte[]> line) {
    this.mostBytes = mostBytes;
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
    while (begun.size() + bytes.length - from >= mostBytes) {
      int to = from + mostBytes - begun.size();
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
    return takeBegun();
  }

  /** A last line may have no line feed. */
  void end() {
    if (begun.size() > 0) {
      line.accept(takeBegun());
    }
  }

  private byte[] takeBegun() {
    byte[] whole = begun.toByteArray();
    if (whole.length > MOST_BYTES_KEPT) {
      begun = new ByteArrayOutputStream();
    } else {
      begun.reset();
    }
    return whole;
  }
}
