package io.remoterun.operations.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/** Counts a role's runs, how long they take, and what becomes of their nodes. Thread-safe. */
public final class RunMetrics {
  private static final List<String> HOPS = List.of("webapp", "relay", "node");
  private static final double[] TO_FIRST_OUTPUT = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };
  private static final double[] OF_RUN = {
    0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200
  };

  private final AtomicLong running = new AtomicLong();
  private final Counter started;
  private final Counter runsEnded;
  private final Counter nodesEnded;
  private final Histogram firstOutput;
  private final Histogram duration;
  private final Counter output;
  private final Counter missing;

  /**
   * @param role the middle of the metrics' names, such as {@code relay}
   */
  public RunMetrics(Metrics metrics, String role) {
    String prefix = "remote_run_" + role + "_";
    metrics.gauge(prefix + "runs", "Runs that are going on", running::get);
    started =
        metrics.counted(
            prefix + "runs_started_total", "Runs that were asked for, refused ones among them");
    runsEnded =
        metrics.counted(
            prefix + "runs_ended_total",
            "Runs that have ended: success when all agents ended well, failure when none did",
            "outcome");
    nodesEnded =
        metrics.counted(
            prefix + "nodes_ended_total",
            "Nodes whose run has ended: success and error by the agent's exit status, all else is"
                + " what kept it from running to its end, and the kind of hop that saw it",
            "outcome",
            "hop");
    firstOutput =
        metrics.seconds(
            prefix + "first_output_seconds",
            "Time from the trigger of a run to the first line that an agent printed",
            TO_FIRST_OUTPUT);
    duration =
        metrics.seconds(
            prefix + "run_duration_seconds",
            "Time from the trigger of a run to its last node's end",
            OF_RUN);
    output = metrics.counted(prefix + "output_bytes_total", "What agents printed, as it came here");
    missing =
        metrics.counted(
            prefix + "output_missing_bytes_total",
            "What agents printed and hops below this one had dropped when it came here");
    prepare();
  }

  /** All are there from the start: a series that appears with its first failure shows no rise. */
  private void prepare() {
    List.of("success", "partial", "failure").forEach(runsEnded::labelValues);
    nodesEnded.labelValues("success", "agent");
    nodesEnded.labelValues("error", "agent");
    for (Kind kind : Kind.values()) {
      HOPS.forEach(hop -> nodesEnded.labelValues(word(kind), hop));
    }
  }

  /**
   * The same events, counted as they come.
   *
   * @param before how long ago the run was triggered when this is subscribed to
   */
  public Flux<RunEvent> counted(Flux<RunEvent> run, Duration before) {
    return Flux.defer(
        () -> {
          started.inc();
          return new One(System.nanoTime() - before.toNanos()).of(run);
        });
  }

  /** The same for a run that an earlier process has begun: nobody knows how long it took. */
  public Flux<RunEvent> resumed(Flux<RunEvent> run) {
    return Flux.defer(() -> new One(0).of(run));
  }

  static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The kind of hop, whose name may have an id in it: {@code relay root} is a relay. */
  private static String hop(RunFailure failure) {
    String first = failure.hop().split(" ", 2)[0];
    return HOPS.contains(first) ? first : "node";
  }

  /** One run; its events come one after the other. */
  private final class One {
    private final long triggered;
    private boolean hasPrinted;
    private long well;
    private long notWell;

    /**
     * @param triggered by the clock for intervals; 0 if it is not known
     */
    One(long triggered) {
      this.triggered = triggered;
    }

    Flux<RunEvent> of(Flux<RunEvent> run) {
      return run.doFirst(running::incrementAndGet)
          .doOnNext(this::see)
          .doOnComplete(this::end)
          .doFinally(signal -> running.decrementAndGet());
    }

    private void see(RunEvent event) {
      switch (event) {
        case RunEvent.Output printed -> {
          output.inc(printed.bytes().size());
          if (!hasPrinted) {
            hasPrinted = true;
            observe(firstOutput);
          }
        }
        case RunEvent.Gap gap -> missing.inc(gap.bytes());
        case RunEvent.Finished finished ->
            end(
                nodesEnded.labelValues(
                    finished.status().isFailure() ? "error" : "success", "agent"),
                !finished.status().isFailure());
        case RunEvent.Failed failed ->
            end(
                nodesEnded.labelValues(word(failed.failure().kind()), hop(failed.failure())),
                false);
        case RunEvent.Started _, RunEvent.Heartbeat _ -> {}
      }
    }

    private void end(CounterDataPoint outcome, boolean isWell) {
      outcome.inc();
      if (isWell) {
        well++;
      } else {
        notWell++;
      }
    }

    private void end() {
      runsEnded.labelValues(notWell == 0 ? "success" : well == 0 ? "failure" : "partial").inc();
      observe(duration);
    }

    private void observe(Histogram histogram) {
      if (triggered != 0) {
        histogram.observe((System.nanoTime() - triggered) / (double) TimeUnit.SECONDS.toNanos(1));
      }
    }
  }
}
