package io.remoterun.protocol.cfengine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * What cf-serverd 3.21.0 and cf-runagent 3.21.0 sent inside TLS, byte for byte. The agent printed
 * {@link #PRINTED} and exited with 3.
 */
final class Golden {
  /**
   * What is left of it: cf-serverd drops what follows a NUL ("nul a\0b") and all but 4083 bytes of
   * the line of 10000, and ends the last line. One character a byte.
   */
  static final String PRINTED =
      """
      args: -D class1,class2

      (exit code: 0)
      err
      invalid \u00ff\u00fe utf8
      nul a
      LONG
      after
      cr\r
      last without newline
      """
          .replace("LONG", "x".repeat(4083));

  private Golden() {}

  static byte[] bytes(String name) {
    try (InputStream in =
        Objects.requireNonNull(Golden.class.getResourceAsStream("cfengine-3.21.0-" + name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
