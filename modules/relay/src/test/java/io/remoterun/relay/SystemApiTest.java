package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.BuildVersion;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.Exposition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a relay tells of itself, and how it is made to read its files again. */
@Timeout(30)
class SystemApiTest {
  private static final String LIST =
      "{\"root\":{\"hostname\":\"127.0.0.1\",\"policy-server\":\"root\"}%s}";
  private static final String NEW =
      ",\"new\":{\"hostname\":\"127.0.0.1\",\"policy-server\":\"root\"}";

  private final Http http = new Http();
  @TempDir private Path folder;
  private TestRelay relay;

  @BeforeEach
  void start() throws IOException {
    relay =
        TestRelay.plan(folder, "root")
            .node("root", "root")
            .node("n1", "root")
            .node("n2", "n1")
            .start();
  }

  @AfterEach
  void stop() {
    http.close();
    relay.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rudder/relay-api/1", "/rudder/relay-api"})
  void infoAndStatusAreRudders(String base) throws Exception {
    HttpResponse<String> info = http.get(relay.url().resolve(base + "/system/info"));
    assertThat(info.headers().firstValue("Content-Type")).contains("application/json");
    assertJson(
        info,
        200,
        """
        {"data": {"major-version": "%s", "full-version": "%s"}, "result": "success",
         "action": "getSystemInfo"}
        """
            .formatted(BuildVersion.major(), BuildVersion.full()));
    assertJson(
        http.get(relay.url().resolve(base + "/system/status")),
        200,
        """
        {"data": {"configuration": {"status": "success"}}, "result": "success",
         "action": "getStatus"}
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rudder/relay-api/1", "/rudder/relay-api"})
  void aReloadTakesTheFilesAsTheyAreNow(String base) throws Exception {
    assertThat(trigger("new").statusCode()).isEqualTo(404);
    Files.writeString(list(), LIST.formatted(NEW));

    assertJson(
        http.post(relay.url().resolve(base), "/system/reload", ""),
        200,
        "{\"result\": \"success\", \"action\": \"reloadConfiguration\"}");
    assertThat(trigger("new").body()).isEqualTo("new: OK []\n");
    assertThat(trigger("n1").statusCode()).isEqualTo(404);
  }

  @Test
  void aRunThatGoesOnIsNotTouchedByAReload() throws Exception {
    Sinks.Many<RunEvent> n1 = relay.nodes().control("n1");
    CompletableFuture<HttpResponse<String>> run =
        http.postAsync(relay.url(), "/remote-run/nodes/n1", "keep_output=true");
    n1.tryEmitNext(ScriptedTransport.output("n1", "before\n"));
    Eventually.await(
        "the node is triggered",
        () -> relay.nodes().triggered().contains(new NodeId("n1")),
        relay.nodes()::triggered);
    Files.writeString(list(), LIST.formatted(NEW));
    assertThat(reload().statusCode()).isEqualTo(200);

    n1.tryEmitNext(ScriptedTransport.output("n1", "after\n"));
    n1.tryEmitNext(finished("n1", 0));
    assertThat(run.get().body()).isEqualTo("before\nafter\n");
  }

  @Test
  void aFileThatCannotBeUsedLeavesTheVersionBeforeAndIsSaidEverywhere() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      Files.writeString(list(), "{");
      String words =
          "the version before is still used: "
              + list()
              + ": line 1: Unexpected end-of-input: expected close marker for Object";

      HttpResponse<String> answer = reload();
      assertThat(answer.statusCode()).isEqualTo(500);
      JsonNode json = JsonMapper.shared().readTree(answer.body());
      assertThat(json.path("result").stringValue()).isEqualTo("error");
      assertThat(json.path("action").stringValue()).isEqualTo("reloadConfiguration");
      assertThat(json.path("errorDetails").stringValue()).startsWith(words);
      JsonNode status = status();
      assertThat(status.path("status").stringValue()).isEqualTo("error");
      assertThat(status.path("details").stringValue()).startsWith(words);
      log.await("ERROR cannot reload, " + words);
      assertThat(trigger("n1").body()).isEqualTo("n1: OK []\n");

      Files.delete(list());
      assertThat(reload().body()).contains("NoSuchFileException: " + list());
    }
    Files.writeString(list(), LIST.formatted(""));
    assertThat(reload().statusCode()).isEqualTo(200);
    assertThat(status().path("status").stringValue()).isEqualTo("success");
  }

  @Test
  void reloadsAtOnceAreOneAfterTheOther() throws Exception {
    Files.writeString(list(), LIST.formatted(NEW));
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(http.postAsync(relay.url(), "/system/reload", ""));
    }
    for (CompletableFuture<HttpResponse<String>> one : all) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }
    assertThat(trigger("new").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsCountNodesAndRunsAndWhatBecameOfThem() throws Exception {
    relay
        .nodes()
        .script("n1", Flux.just(ScriptedTransport.output("n1", "12345\n"), finished("n1", 3)));
    relay
        .nodes()
        .script(
            "root",
            Flux.just(
                new RunEvent.Gap(NodeId.ROOT, 0, 77),
                new RunEvent.Failed(
                    NodeId.ROOT, new RunFailure(Kind.UNREACHABLE, "relay root", "on purpose"))));
    trigger("n1");
    trigger("root");
    trigger("unknown");
    relay.nodes().script("n1", Flux.just(finished("n1", 0)));
    trigger("n1");

    HttpResponse<String> answer = http.get(relay.url().resolve("/metrics"));
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    Exposition metrics = Exposition.parse(answer.body());
    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("rudder_relayd_managed_nodes_total", 2.0);
    expected.put("rudder_relayd_sub_nodes_total", 3.0);
    expected.put("remote_run_relay_runs", 0.0);
    expected.put("remote_run_relay_runs_started_total", 4.0);
    expected.put("remote_run_relay_runs_ended_total{outcome=\"success\"}", 1.0);
    expected.put("remote_run_relay_runs_ended_total{outcome=\"failure\"}", 3.0);
    String ended = "remote_run_relay_nodes_ended_total";
    expected.put(ended + "{hop=\"agent\",outcome=\"success\"}", 1.0);
    expected.put(ended + "{hop=\"agent\",outcome=\"error\"}", 1.0);
    expected.put(ended + "{hop=\"relay\",outcome=\"unreachable\"}", 1.0);
    expected.put(ended + "{hop=\"relay\",outcome=\"unknown_node\"}", 1.0);
    expected.put(ended + "{hop=\"node\",outcome=\"timeout\"}", 0.0);
    expected.put("remote_run_relay_run_duration_seconds_count", 4.0);
    expected.put("remote_run_relay_first_output_seconds_count", 1.0);
    expected.put("remote_run_relay_output_bytes_total", 6.0);
    expected.put("remote_run_relay_output_missing_bytes_total", 77.0);
    expected.put("remote_run_relay_output_dropped_bytes_total", 0.0);
    expected.put("remote_run_relay_relays{state=\"unknown\"}", 1.0);
    expected.put("remote_run_relay_relay_requests_total", 0.0);
    expected.put("remote_run_relay_followers", 0.0);
    Eventually.await(
        "all is counted",
        () -> Exposition.parse(metrics()).value("remote_run_relay_runs") == 0,
        this::metrics);
    Exposition after = Exposition.parse(metrics());
    expected.forEach(
        (sample, value) -> assertThat(after.value(sample)).as(sample).isEqualTo(value));
    assertThat(metrics.value("remote_run_relay_connections")).isPositive();
    assertThat(metrics.value("process_start_time_seconds")).isPositive();
  }

  @Test
  void metricsNameNoNodeAndDoNotGrowWithTheFleet() throws Exception {
    for (int i = 0; i < 20; i++) {
      trigger("unknown" + i);
    }
    assertThat(metrics()).doesNotContain("unknown1").doesNotContain("n1");
    assertThat(Exposition.parse(metrics()).families().values())
        .filteredOn(family -> family.name().startsWith("remote_run_"))
        .allSatisfy(family -> assertThat(family.samples()).hasSizeLessThan(60));
  }

  @Test
  void metricsAreDocumentedRowByRow() throws IOException {
    assertThat(Files.readAllLines(Path.of("../../docs/operations-monitoring.md")))
        .filteredOn(line -> line.startsWith("| `remote_run_relay_"))
        .isEqualTo(Exposition.parse(metrics()).table("remote_run_relay_"));
  }

  @Test
  void aRunIsCountedAsLongAsItGoesOn() throws Exception {
    Sinks.Many<RunEvent> n1 = relay.nodes().control("n1");
    http.post(relay.url(), "/remote-run/nodes/n1", "asynchronous=true");
    assertThat(metrics()).contains("remote_run_relay_runs 1.0\n");

    n1.tryEmitNext(finished("n1", 0));
    n1.tryEmitComplete();
    Eventually.await(
        "no run goes on", () -> metrics().contains("remote_run_relay_runs 0.0\n"), this::metrics);
  }

  private String metrics() {
    try {
      return http.get(relay.url().resolve("/metrics")).body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whereRunsAreDisabledTheyDoNotExistAndTheRestDoes() throws Exception {
    try (TestRelay disabled =
        TestRelay.plan(folder.resolve("other"), "root")
            .node("root", "root")
            .with("enabled", "false")
            .start()) {
      for (String path : List.of("all", "nodes", "nodes/root")) {
        HttpResponse<String> answer =
            http.post(disabled.url(), "/remote-run/" + path, "nodes=root");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("NOT FOUND");
      }
      assertThat(disabled.nodes().triggered()).isEmpty();
      URI info = URI.create(disabled.url() + "/system/info");
      assertThat(http.get(info).statusCode()).isEqualTo(200);
      assertThat(http.post(disabled.url(), "/system/reload", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theTokenIsAskedForHereAsWell() throws Exception {
    try (TestRelay guarded =
        TestRelay.plan(folder.resolve("other"), "root")
            .node("root", "root")
            .with("http.authentication", "token")
            .with("http.token-file", folder.resolve("token").toString())
            .start()) {
      assertThat(http.get(URI.create(guarded.url() + "/system/info")).statusCode()).isEqualTo(401);
      assertThat(http.get(guarded.url().resolve("/metrics")).statusCode()).isEqualTo(401);
      assertThat(http.post(guarded.url(), "/system/reload", "").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void healthIsOneWordForStrangersAndAllForWhoMayAskForRuns() throws Exception {
    Path runs = folder.resolve("runs");
    Path token = folder.resolve("token");
    try (TestRelay guarded =
        TestRelay.plan(folder.resolve("other"), "root")
            .node("root", "root")
            .node("site", "root")
            .node("n1", "site")
            .with("addresses[site].https", "127.0.0.1:1")
            .with("http.authentication", "token")
            .with("http.token-file", token.toString())
            .with("runs.folder", runs.toString())
            .start()) {
      URI ready = guarded.url().resolve("/health/ready");
      assertThat(http.get(guarded.url().resolve("/health/live")).body())
          .isEqualTo("{\"status\":\"UP\"}");
      assertThat(http.get(ready).body()).isEqualTo("{\"status\":\"UP\"}");
      URI details = URI.create(guarded.url() + "/system/health");
      assertThat(http.get(details).statusCode()).isEqualTo(401);

      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(details)
                  .header("Authorization", "Bearer " + Files.readString(token).strip())
                  .build());
      assertThat(answer.statusCode()).isEqualTo(200);
      JsonNode parts = JsonMapper.shared().readTree(answer.body()).path("data").path("components");
      assertThat(parts.path("node list").path("details").stringValue()).isEqualTo("3 nodes");
      assertThat(parts.path("run folder").path("status").stringValue()).isEqualTo("UP");
      assertThat(parts.path("keys").path("status").stringValue()).isEqualTo("UP");
      // It has no certificate: nobody could prove to be it.
      assertThat(parts.path("relays below").path("status").stringValue()).isEqualTo("DOWN");
      assertThat(parts.path("relays below").path("details").stringValue())
          .isEqualTo("relay site: no key of it is known");
    }
  }

  @Test
  void aRelayThatCannotKeepRunsIsNotReady() throws Exception {
    Path runs = folder.resolve("runs");
    try (TestRelay keeping =
        TestRelay.plan(folder.resolve("other"), "root")
            .node("root", "root")
            .with("runs.folder", runs.toString())
            .start()) {
      Files.delete(runs);
      HttpResponse<String> ready = http.get(keeping.url().resolve("/health/ready"));
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("{\"status\":\"DOWN\"}");
      assertThat(http.get(keeping.url().resolve("/health/live")).statusCode()).isEqualTo(200);
      assertThat(http.get(URI.create(keeping.url() + "/system/health")).body())
          .contains("runs cannot be written: java.nio.file.NoSuchFileException");
    }
  }

  private HttpResponse<String> trigger(String node) throws Exception {
    return http.post(relay.url(), "/remote-run/nodes/" + node, "keep_output=true");
  }

  private HttpResponse<String> reload() throws Exception {
    return http.post(relay.url(), "/system/reload", "");
  }

  private JsonNode status() throws Exception {
    String body = http.get(URI.create(relay.url() + "/system/status")).body();
    return JsonMapper.shared().readTree(body).path("data").path("configuration");
  }

  private Path list() {
    return folder.resolve("root").resolve("nodeslist.json");
  }

  private static void assertJson(HttpResponse<String> answer, int status, String json) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(answer.body()))
        .isEqualTo(JsonMapper.shared().readTree(json));
  }
}
