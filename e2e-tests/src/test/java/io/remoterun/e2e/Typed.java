package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;

/** A program on a terminal: what it shows, and what is typed. */
final class Typed implements AutoCloseable {
  static final String CTRL_C = "\u0003";

  private final Process process;
  private final StringBuilder seen = new StringBuilder();
  private int from;

  Typed(Process process) {
    this.process = process;
  }

  /** Reads on until it shows this, after what was awaited last. */
  Typed awaits(String text) throws IOException {
    InputStream out = process.getInputStream();
    byte[] piece = new byte[4096];
    while (seen.indexOf(text, from) < 0) {
      int read = out.read(piece);
      if (read < 0) {
        throw new AssertionError("it ended without showing '" + text + "' in:\n" + seen);
      }
      seen.append(new String(piece, 0, read, UTF_8));
    }
    from = seen.indexOf(text, from) + text.length();
    return this;
  }

  Typed types(String keys) throws IOException {
    process.getOutputStream().write(keys.getBytes(UTF_8));
    process.getOutputStream().flush();
    return this;
  }

  /** Its exit status. */
  int end() throws IOException, InterruptedException {
    seen.append(new String(process.getInputStream().readAllBytes(), UTF_8));
    return process.waitFor();
  }

  String seen() {
    return seen.toString();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
