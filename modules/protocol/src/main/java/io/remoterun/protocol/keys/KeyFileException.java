package io.remoterun.protocol.keys;

import java.io.IOException;
import java.nio.file.Path;

/** A key or certificate file cannot be used. The message names the file, and never its content. */
public final class KeyFileException extends IOException {
  KeyFileException(Path file, String problem) {
    super(file + ": " + problem);
  }
}
