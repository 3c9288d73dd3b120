package io.remoterun.relay.transport;

import io.remoterun.protocol.run.OutputBytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins pieces of a line until it is whole, or as long as the bound, because lines of several nodes
 * are mixed on their way to a client and pieces would be torn apart. Thread-safe: a run may be
 * cancelled from another thread.
 */
final class WholeLines {
  private final int mostBytes;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  WholeLines(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** What is whole now. */
  synchronized List<OutputBytes> add(OutputBytes piece) {
    if (begun.size() == 0 && piece.endsLine() && piece.size() <= mostBytes) {
      return List.of(piece);
    }
    List<OutputBytes> whole = new ArrayList<>();
    byte[] bytes = piece.toByteArray();
    int from = 0;
    while (from < bytes.length) {
      int length = Math.min(bytes.length - from, mostBytes - begun.size());
      begun.write(bytes, from, length);
      from += length;
      if (begun.size() == mostBytes || bytes[from - 1] == '\n') {
        whole.addAll(flush());
      }
    }
    return whole;
  }

  /** What is whole now, of bytes that may be several lines. */
  List<OutputBytes> addLines(byte[] bytes, int length) {
    List<OutputBytes> whole = new ArrayList<>();
    int from = 0;
    for (int index = 0; index < length; index++) {
      if (bytes[index] == '\n' || index == length - 1) {
        whole.addAll(add(OutputBytes.copyOf(bytes, from, index + 1)));
        from = index + 1;
      }
    }
    return whole;
  }

  /** What is left, when nothing more of the line comes. */
  synchronized List<OutputBytes> flush() {
    if (begun.size() == 0) {
      return List.of();
    }
    OutputBytes rest = OutputBytes.copyOf(begun.toByteArray());
    begun.reset();
    return List.of(rest);
  }
}
