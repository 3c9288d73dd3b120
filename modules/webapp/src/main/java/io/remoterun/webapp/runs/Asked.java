package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.TraceParent;
import java.time.Instant;
import java.util.Optional;

/**
 * When a run was asked for, before anything was looked up or written down.
 *
 * @param trace the step of a trace that it is part of
 * @param since when the request came
 */
public record Asked(Optional<TraceParent> trace, Instant since) {

  /** Just now, by nobody who traces. */
  public static Asked now() {
    return new Asked(Optional.empty(), Instant.now());
  }
}
