package io.remoterun.protocol.conf;

/**
 * A program that cannot start, because of something that its administrator can put right. The
 * message names the setting or the file, and is shown instead of a stack trace.
 */
public final class CannotStart extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CannotStart(String reason, Throwable cause) {
    super(reason, cause);
  }
}
