package io.remoterun.protocol.run;

/** What was asked for makes no sense. The message is for the one who asked, and safe to show. */
public final class BadRequest extends RuntimeException {
  public BadRequest(String message) {
    super(message);
  }
}
