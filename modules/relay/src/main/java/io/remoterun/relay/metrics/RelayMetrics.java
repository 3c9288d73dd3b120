package io.remoterun.relay.metrics;

import io.remoterun.operations.metrics.Metrics;
import io.remoterun.operations.metrics.RunMetrics;
import io.remoterun.relay.runs.Engine;
import io.remoterun.relay.runs.Plan;
import java.time.Duration;

/** What this relay measures. Thread-safe. */
public final class RelayMetrics {
  public static final String ROLE = "relay";

  private final Metrics metrics = new Metrics();
  private final RunMetrics runs = new RunMetrics(metrics, ROLE);

  /** To add more to. */
  public Metrics metrics() {
    return metrics;
  }

  /** The same engine, of which each run that begins is counted. */
  public Engine counting(Engine engine) {
    return (request, path, cancel) -> {
      Plan plan = engine.plan(request, path, cancel);
      return new Plan(plan.nodes(), plan.canBegin(), runs.counted(plan.events(), Duration.ZERO));
    };
  }
}
