package io.remoterun.webapp.api;

import io.remoterun.protocol.run.RunFailure;

/** A run failed before anything of it was sent to the client, so that a status can still say it. */
final class NoRun extends RuntimeException {
  private final transient RunFailure failure;

  NoRun(RunFailure failure) {
    super(failure.toString(), null, false, false);
    this.failure = failure;
  }

  RunFailure failure() {
    return failure;
  }
}
