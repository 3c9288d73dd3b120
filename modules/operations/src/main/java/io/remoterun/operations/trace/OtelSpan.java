package io.remoterun.operations.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.TraceParent;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A step that is recorded. The first node that fails says why the step has failed. */
final class OtelSpan implements Span {
  private final io.opentelemetry.api.trace.Span span;
  private final AtomicBoolean hasFailed = new AtomicBoolean();

  OtelSpan(io.opentelemetry.api.trace.Span span) {
    this.span = span;
  }

  @Override
  public Optional<TraceParent> context() {
    SpanContext here = span.getSpanContext();
    return Optional.of(
        new TraceParent(
            "00-" + here.getTraceId() + "-" + here.getSpanId() + "-" + here.getTraceFlags()));
  }

  @Override
  public void see(RunEvent event) {
    switch (event) {
      case RunEvent.Finished finished when finished.status().isFailure() ->
          failed("agent ended with " + finished.status());
      case RunEvent.Failed failed -> {
        if (failed(failed.failure().toString())) {
          span.setAttribute("remote_run.failure.kind", failed.failure().kind().name());
          span.setAttribute("remote_run.failure.hop", failed.failure().hop());
        }
      }
      default -> {}
    }
  }

  private boolean failed(String why) {
    boolean isFirst = hasFailed.compareAndSet(false, true);
    if (isFirst) {
      span.setStatus(StatusCode.ERROR, why);
    }
    return isFirst;
  }

  @Override
  public void end() {
    span.end();
  }
}
