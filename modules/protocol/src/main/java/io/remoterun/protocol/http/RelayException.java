package io.remoterun.protocol.http;

import io.remoterun.protocol.run.RunFailure;

/** A relay's answer that is no stream of events. */
final class RelayException extends RuntimeException {
  private final RunFailure.Kind kind;

  RelayException(RunFailure.Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  RunFailure.Kind kind() {
    return kind;
  }
}
