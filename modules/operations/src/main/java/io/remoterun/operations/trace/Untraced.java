package io.remoterun.operations.trace;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.TraceParent;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A step that is not recorded: what comes after it belongs to the one before. */
record Untraced(Optional<TraceParent> context) implements Span {
  @Override
  public void see(RunEvent event) {}

  @Override
  public void end() {}

  @Override
  public Flux<RunEvent> around(Flux<RunEvent> events) {
    return events;
  }
}
