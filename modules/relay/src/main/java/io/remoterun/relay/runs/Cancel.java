package io.remoterun.relay.runs;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The wish that a run ends now. Made once, never taken back. Thread-safe. */
public final class Cancel {
  private final Sinks.Empty<Void> sink = Sinks.empty();
  private volatile boolean asked;

  void ask() {
    asked = true;
    sink.tryEmitEmpty();
  }

  public boolean isAsked() {
    return asked;
  }

  /** Completes when it is asked for, at once when it was. */
  public Mono<Void> signal() {
    return sink.asMono();
  }
}
