package io.remoterun.operations.trace;

import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.TraceParent;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Records the steps of runs, or nothing. Thread-safe; nothing but {@link #close} blocks. */
public interface Tracing extends AutoCloseable {

  /** Records nothing, and passes on what others record. */
  Tracing OFF =
      new Tracing() {
        @Override
        public Span begin(
            String name, Kind kind, Optional<TraceParent> parent, RunId run, Instant since) {
          return new Untraced(parent);
        }

        @Override
        public Flux<RunEvent> around(
            String name, RunRequest request, Function<RunRequest, Flux<RunEvent>> events) {
          return events.apply(request);
        }

        @Override
        public boolean isOn() {
          return false;
        }

        @Override
        public void close() {}
      };

  /** On which side of a request a step is. */
  enum Kind {
    SERVER,
    CLIENT,
    INTERNAL
  }

  /**
   * @param endpoint of a collector, such as {@code http://127.0.0.1:4318/v1/traces}, by OTLP over
   *     HTTP; null: nothing is recorded, and nothing of OpenTelemetry is loaded
   * @param sample which share of the traces that begin here is recorded, 0 to 1
   * @param service who records
   */
  static Tracing of(@Nullable URI endpoint, double sample, String service) {
    return endpoint == null ? OFF : OtelTracing.to(endpoint, sample, service);
  }

  /**
   * Begins a step of a run now.
   *
   * @param parent the step that asked for it; if there is none, a trace begins
   */
  default Span begin(String name, Kind kind, Optional<TraceParent> parent, RunId run) {
    return begin(name, kind, parent, run, Instant.now());
  }

  /**
   * The same for a step that has begun before.
   *
   * @param since when
   */
  Span begin(String name, Kind kind, Optional<TraceParent> parent, RunId run, Instant since);

  /**
   * A request to another hop as a step.
   *
   * @param events makes the request, which carries its place in the trace
   */
  default Flux<RunEvent> around(
      String name, RunRequest request, Function<RunRequest, Flux<RunEvent>> events) {
    return Flux.defer(
        () -> {
          Span span = begin(name, Kind.CLIENT, request.trace(), request.id());
          return span.around(events.apply(request.within(span.context())));
        });
  }

  default boolean isOn() {
    return true;
  }

  /** Sends what is left, and waits for that a little. */
  @Override
  void close();
}
