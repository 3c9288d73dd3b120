package io.remoterun.relay.mainconf;

/** {@code main.conf} cannot be used; the message says where, and what is wrong there. */
public final class BrokenMainConfException extends RuntimeException {
  private final String file;

  BrokenMainConfException(String file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  String file() {
    return file;
  }
}
