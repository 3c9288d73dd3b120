package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.Exposition;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsTest {
  private static final NodeId N1 = new NodeId("n1");

  private final ScriptedRelay relay = new ScriptedRelay();
  @TempDir Path folder;
  private RunningWebapp webapp;

  @BeforeEach
  void start() throws IOException {
    webapp = RunningWebapp.start(folder, relay.url());
  }

  @AfterEach
  void stop() {
    webapp.close();
    relay.close();
  }

  @Test
  void tellsWhatBecameOfRunsAndWhichKindOfHopHasFailed() throws Exception {
    finished(
        trigger(),
        new RunEvent.Started(N1, "agent"),
        new RunEvent.Output(N1, OutputBytes.ofUtf8("12345\n")),
        new RunEvent.Gap(N1, 6, 100),
        new RunEvent.Finished(N1, ExitStatus.code(0)));
    finished(trigger(), new RunEvent.Finished(N1, ExitStatus.code(7)));
    finished(trigger(), failed(Kind.REFUSED, "node n1"));
    finished(trigger(), failed(Kind.UNREACHABLE, "relay site-17"));
    relay.refuseWith(401);
    trigger().join();

    Map<String, Double> expected = new TreeMap<>();
    expected.put("runs_started_total", 5.0);
    expected.put("runs", 0.0);
    expected.put("runs_ended_total{outcome=\"success\"}", 1.0);
    expected.put("runs_ended_total{outcome=\"failure\"}", 4.0);
    expected.put("nodes_ended_total{hop=\"agent\",outcome=\"success\"}", 1.0);
    expected.put("nodes_ended_total{hop=\"agent\",outcome=\"error\"}", 1.0);
    expected.put("nodes_ended_total{hop=\"node\",outcome=\"refused\"}", 1.0);
    expected.put("nodes_ended_total{hop=\"relay\",outcome=\"unreachable\"}", 1.0);
    expected.put("nodes_ended_total{hop=\"webapp\",outcome=\"refused\"}", 1.0);
    expected.put("nodes_ended_total{hop=\"webapp\",outcome=\"timeout\"}", 0.0);
    expected.put("run_duration_seconds_count", 5.0);
    expected.put("first_output_seconds_count", 1.0);
    expected.put("output_bytes_total", 6.0);
    expected.put("output_missing_bytes_total", 100.0);
    expected.put("relay_requests_total", 5.0);
    expected.put("relay_failures_total{kind=\"refused\"}", 1.0);
    expected.put("relay_failures_total{kind=\"unreachable\"}", 0.0);
    expected.put("relays{state=\"down\"}", 1.0);
    expected.put("relays{state=\"up\"}", 0.0);
    expected.put("audit_failures_total", 0.0);
    expected.put("database_up", 1.0);
    awaitZero("runs");
    awaitZero("unwritten_runs");
    Exposition metrics = metrics();
    expected.forEach(
        (name, value) ->
            assertThat(metrics.value("remote_run_webapp_" + name)).as(name).isEqualTo(value));
    assertThat(metrics.value("remote_run_webapp_database_connections{state=\"awaited\"}")).isZero();
    assertThat(text()).doesNotContain("n1").doesNotContain("site-17");
  }

  @Test
  void tellsWhatGoesOnAndWhoFollows() throws Exception {
    CompletableFuture<HttpResponse<String>> answer = trigger();
    ScriptedRelay.Asked asked = relay.asked();
    await("nodes{state=\"waiting\"}", 1);
    await("runs", 1);
    asked.says(new RunEvent.Started(N1, "agent"));
    asked.says(new RunEvent.Output(N1, OutputBytes.ofUtf8("line\n")));
    await("nodes{state=\"running\"}", 1);
    await("followers", 1);
    await("relays{state=\"up\"}", 1);
    asked.says(new RunEvent.Finished(N1, ExitStatus.code(0))).end();
    answer.join();
    awaitZero("runs");
    awaitZero("followers");
    awaitZero("nodes{state=\"running\"}");
  }

  @Test
  void isDocumentedRowByRow() throws IOException {
    assertThat(Files.readAllLines(Path.of("../../docs/operations-monitoring.md")))
        .filteredOn(line -> line.startsWith("| `remote_run_webapp_"))
        .isEqualTo(metrics().table("remote_run_webapp_"));
  }

  private static RunEvent failed(Kind kind, String hop) {
    return new RunEvent.Failed(N1, new RunFailure(kind, hop, "on purpose"));
  }

  private CompletableFuture<HttpResponse<String>> trigger() {
    return webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofString());
  }

  private void finished(CompletableFuture<HttpResponse<String>> answer, RunEvent... events)
      throws InterruptedException {
    ScriptedRelay.Asked asked = relay.asked();
    for (RunEvent event : events) {
      asked.says(event);
    }
    asked.end();
    answer.join();
  }

  private void awaitZero(String name) {
    await(name, 0);
  }

  private void await(String name, double value) {
    Eventually.await(
        name + " is " + value,
        () -> metrics().value("remote_run_webapp_" + name) == value,
        this::text);
  }

  private Exposition metrics() {
    return Exposition.parse(text());
  }

  private String text() {
    try {
      HttpResponse<String> answer = webapp.send(webapp.api("remote-run-metrics"));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("text/plain;version=0.0.4");
      return answer.body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
