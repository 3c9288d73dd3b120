package io.remoterun.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;

/** Text for a person beside the output. That nobody reads it is no error. */
public final class Words {
  private final OutputStream out;

  public Words(OutputStream out) {
    this.out = out;
  }

  /** For whoever writes more than lines. */
  public PrintWriter writer() {
    return new PrintWriter(out, true, UTF_8);
  }

  /** A line. */
  public void say(String line) {
    write(line + "\n");
  }

  /** As it is. */
  public synchronized void write(String text) {
    try {
      out.write(text.getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      // Whoever has closed it does not want to know.
    }
  }
}
