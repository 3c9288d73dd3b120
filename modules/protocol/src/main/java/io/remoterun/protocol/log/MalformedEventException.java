package io.remoterun.protocol.log;

/** What another hop sent is no event. The message says why and is safe to log and to show. */
public final class MalformedEventException extends RuntimeException {
  MalformedEventException(String message) {
    super(message);
  }
}
