package io.remoterun.webapp.operations;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.metrics.Metrics;
import io.remoterun.operations.metrics.NodesByState;
import io.remoterun.operations.metrics.RunMetrics;
import io.remoterun.webapp.audit.AuditLog;
import io.remoterun.webapp.runs.RootRelay;
import io.remoterun.webapp.runs.WebRuns;
import io.remoterun.webapp.store.JdbcArchive;
import java.util.Map;

/** What the webapp measures. Thread-safe. */
public final class WebappMetrics {
  private static final String ROLE = "webapp";

  private final Metrics metrics = new Metrics();
  private final RunMetrics runs = new RunMetrics(metrics, ROLE);

  public RunMetrics runs() {
    return runs;
  }

  /** Adds what goes on. */
  public void measure(WebRuns going, RootRelay relay, Followers followers) {
    metrics.gauges(
        "remote_run_webapp_nodes",
        "Nodes of runs that go on: waiting for their turn or their node, or running",
        "state",
        () -> NodesByState.of(going.standing()));
    metrics.gauge(
        "remote_run_webapp_followers",
        "Answers that tell the events or the output of a run",
        followers::count);
    relay.calls().register(metrics, ROLE, () -> 1);
  }

  /** Adds what is kept. */
  public void measure(JdbcArchive archive, HikariDataSource database, AuditLog audit) {
    metrics.counter(
        "remote_run_webapp_output_dropped_bytes_total",
        "What agents printed and the webapp did not keep, because of a bound",
        archive::droppedBytes);
    metrics.gauge(
        "remote_run_webapp_unwritten_runs",
        "Runs of which the database does not have all that was told yet",
        archive::backlog);
    metrics.gauge(
        "remote_run_webapp_database_up",
        "Whether the database took what it was given last",
        () -> archive.isUsable() ? 1 : 0);
    HikariPoolMXBean pool = database.getHikariPoolMXBean();
    metrics.gauges(
        "remote_run_webapp_database_connections",
        "Connections to the database, and who waits for one",
        "state",
        () ->
            Map.of(
                "active", pool.getActiveConnections(),
                "idle", pool.getIdleConnections(),
                "awaited", pool.getThreadsAwaitingConnection()));
    metrics.counter(
        "remote_run_webapp_audit_failures_total",
        "Entries that the audit log did not take, so that nothing was done",
        audit::failures);
  }

  byte[] text() {
    return metrics.text();
  }
}
