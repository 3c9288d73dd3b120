package io.remoterun.webapp.api;

import java.time.Duration;

/** Somebody asks too often, and is told when to ask again. The message is safe to show. */
final class TooMany extends RuntimeException {
  private final Duration wait;

  TooMany(String what, Duration wait) {
    super(what, null, false, false);
    this.wait = wait;
  }

  Duration untilNext() {
    return wait;
  }
}
