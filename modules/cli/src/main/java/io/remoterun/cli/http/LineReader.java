package io.remoterun.cli.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines. */
final class LineReader {
  private static final int MOST_BYTES = 4 << 20;

  private final InputStream in;
  private final byte[] piece = new byte[16 << 10];
  private int from;
  private int to;

  LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next line with its line feed; {@code null} at the end, also when a line was begun.
   *
   * @throws IOException when the stream is lost, or a line is longer than any event
   */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      for (int i = from; i < to; i++) {
        if (piece[i] == '\n') {
          line.write(piece, from, i + 1 - from);
          from = i + 1;
          return line.toByteArray();
        }
      }
      line.write(piece, from, to - from);
      if (line.size() > MOST_BYTES) {
        throw new IOException("a line of more than " + MOST_BYTES + " bytes");
      }
      from = 0;
      to = Math.max(0, in.read(piece));
      if (to == 0) {
        return null;
      }
    }
  }
}
