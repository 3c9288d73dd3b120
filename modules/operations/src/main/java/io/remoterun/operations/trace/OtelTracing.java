package io.remoterun.operations.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.remoterun.protocol.BuildVersion;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.TraceParent;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends steps to a collector, some at a time, from a thread of its own; what the collector does not
 * take is dropped. With {@link OtelSpan} all that knows OpenTelemetry.
 */
final class OtelTracing implements Tracing {
  private static final long SECONDS_TO_END = 5;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private OtelTracing(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get("io.remoterun");
  }

  static Tracing to(URI endpoint, double sample, String service) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString()).build();
    Attributes who =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            service,
            AttributeKey.stringKey("service.version"),
            BuildVersion.full());
    return new OtelTracing(
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().merge(Resource.create(who)))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sample)))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build());
  }

  @Override
  public Span begin(
      String name, Kind kind, Optional<TraceParent> parent, RunId run, Instant since) {
    SpanBuilder builder =
        tracer
            .spanBuilder(name)
            .setStartTimestamp(since)
            .setSpanKind(SpanKind.valueOf(kind.name()))
            .setAttribute("remote_run.run_id", run.toString());
    parent.ifPresentOrElse(there -> builder.setParent(context(there)), builder::setNoParent);
    return new OtelSpan(builder.startSpan());
  }

  private static Context context(TraceParent parent) {
    SpanContext there =
        SpanContext.createFromRemoteParent(
            parent.traceId(),
            parent.spanId(),
            TraceFlags.fromHex(parent.flags(), 0),
            TraceState.getDefault());
    return Context.root().with(io.opentelemetry.api.trace.Span.wrap(there));
  }

  @Override
  public void close() {
    provider.shutdown().join(SECONDS_TO_END, TimeUnit.SECONDS);
  }
}
