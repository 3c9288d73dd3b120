package io.remoterun.operations.trace;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.TraceParent;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** A step of a run, in a trace. Thread-safe. */
public interface Span {

  /** What the next hop is told. */
  Optional<TraceParent> context();

  /** Takes note of what happens in it: what fails makes it fail. */
  void see(RunEvent event);

  /** To be called once. */
  void end();

  /** The same events, which are all of this step. */
  default Flux<RunEvent> around(Flux<RunEvent> events) {
    return events.doOnNext(this::see).doFinally(signal -> end());
  }
}
