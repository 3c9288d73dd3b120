package io.remoterun.relay.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.relay.runs.Engine;
import io.remoterun.relay.runs.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.IntSupplier;
import reactor.core.publisher.Flux;

/** Counts runs and their outcomes, and writes down all that is measured. Thread-safe. */
public final class RelayMetrics {
  private static final String OUTCOME = "outcome";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Gauge running =
      Gauge.builder()
          .name("remote_run_relay_runs")
          .help("Runs that are going on")
          .register(registry);
  private final Counter started =
      Counter.builder()
          .name("remote_run_relay_runs_started_total")
          .help("Runs that were asked for, refused ones among them")
          .register(registry);
  private final Counter ended =
      Counter.builder()
          .name("remote_run_relay_nodes_ended_total")
          .help(
              "Nodes whose run has ended: success and error by the agent's exit status, all else"
                  + " is what kept it from running to its end")
          .labelNames(OUTCOME)
          .register(registry);

  public RelayMetrics() {
    // All are there from the start: a series that appears with its first failure shows no increase.
    ended.labelValues("success");
    ended.labelValues("error");
    for (RunFailure.Kind kind : RunFailure.Kind.values()) {
      ended.labelValues(word(kind));
    }
  }

  /** Adds a value that is asked for whenever somebody reads. */
  public void gauge(String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(reader -> reader.call(value.getAsInt()))
        .register(registry);
  }

  /** The same engine, of which each run that begins is counted. */
  public Engine counting(Engine engine) {
    return (request, path, cancel) -> {
      Plan plan = engine.plan(request, path, cancel);
      return new Plan(plan.nodes(), plan.canBegin(), counted(plan.events()));
    };
  }

  private Flux<RunEvent> counted(Flux<RunEvent> run) {
    return run.doFirst(this::begin).doOnNext(this::count).doFinally(signal -> running.dec());
  }

  private void begin() {
    started.inc();
    running.inc();
  }

  private void count(RunEvent event) {
    switch (event) {
      case RunEvent.Finished finished ->
          ended.labelValues(finished.status().isFailure() ? "error" : "success").inc();
      case RunEvent.Failed failed -> ended.labelValues(word(failed.failure().kind())).inc();
      default -> {}
    }
  }

  /** All of it, in Prometheus's text format. */
  public byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }

  private static String word(RunFailure.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
