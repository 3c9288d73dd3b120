package io.remoterun.operations.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What one role measures. Names are Prometheus's: base units, {@code _total} for what only grows.
 * The values of a label are words that the program knows beforehand, never what somebody sends and
 * never a node's id: so the number of series does not grow with the fleet. Thread-safe.
 */
public final class Metrics {
  public static final String MEDIA_TYPE = "text/plain;version=0.0.4;charset=utf-8";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final AtomicBoolean isAsked = new AtomicBoolean();

  /** Adds a value that is asked for whenever somebody reads. */
  public void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(reader -> reader.call((double) value.getAsLong()))
        .register(registry);
  }

  /** The same for several values, by what their label says of them. */
  public void gauges(
      String name, String help, String label, Supplier<Map<String, ? extends Number>> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            reader -> values.get().forEach((word, value) -> reader.call(value.doubleValue(), word)))
        .register(registry);
  }

  /** Adds a number that somebody else counts, and that only grows. */
  public void counter(String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(reader -> reader.call((double) value.getAsLong()))
        .register(registry);
  }

  /** The same for several, by what their label says of them. */
  public void counters(
      String name, String help, String label, Supplier<Map<String, ? extends Number>> values) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(
            reader -> values.get().forEach((word, value) -> reader.call(value.doubleValue(), word)))
        .register(registry);
  }

  /** Adds a number that is counted here. */
  Counter counted(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  /** Adds how long something took, in seconds. */
  Histogram seconds(String name, String help, double... bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        // They would have OpenTelemetry loaded, for whoever traces nothing as well.
        .withoutExemplars()
        .register(registry);
  }

  /** All of it, and of the process, in Prometheus's text format. */
  public byte[] text() {
    if (isAsked.compareAndSet(false, true)) {
      measureProcess();
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }

  /** When first asked for: what Java manages itself with is not loaded for whoever never asks. */
  private void measureProcess() {
    ProcessMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
  }
}
