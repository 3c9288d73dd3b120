package io.remoterun.webapp.nodes;

/**
 * It is not known which nodes there are. The message is for the administrator, and safe to show.
 */
public final class UnreadableFleet extends RuntimeException {
  UnreadableFleet(String message, Throwable cause) {
    super(message, cause);
  }
}
