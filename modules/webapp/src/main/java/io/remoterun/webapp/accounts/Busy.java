package io.remoterun.webapp.accounts;

/**
 * Too many others are waiting for the same; soon there may be room. The message is safe to show.
 */
public final class Busy extends RuntimeException {
  public Busy(String message) {
    super(message, null, false, false);
  }
}
