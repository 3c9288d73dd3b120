package io.remoterun.webapp.runs;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The wish that a run ends now. Made once, never taken back. Thread-safe. */
final class Cancellation {
  private final Sinks.Empty<Void> sink = Sinks.empty();

  void ask() {
    sink.tryEmitEmpty();
  }

  /** Completes when it is asked for, at once when it was. */
  Mono<Void> signal() {
    return sink.asMono();
  }
}
