package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static io.remoterun.relay.ScriptedTransport.output;
import static io.remoterun.relay.ScriptedTransport.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunId;
import io.remoterun.relay.runs.Run;
import io.remoterun.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A run by its id: attached to, asked for again, cancelled. */
@Timeout(30)
class RunsApiTest {
  private static final String ID = "0b4e9d8e-6f4e-4e0b-9d0e-2f7a3f1c9d11";
  private static final String N1 = "/remote-run/nodes/n1";
  private static final String RUN = "/remote-run/runs/" + ID;

  @TempDir private Path folder;
  private TestRelay relay;
  private Http http;

  @BeforeEach
  void start() throws IOException {
    relay =
        TestRelay.plan(folder, "root")
            .node("root", "root")
            .node("n1", "root")
            .node("n2", "root")
            .with("nodes-at-once", "1")
            .start();
    http = new Http();
  }

  @AfterEach
  void stop() {
    http.close();
    relay.close();
  }

  @Test
  void theSameIdAgainIsTheSameRunFromItsFirstLine() throws Exception {
    assertThat(post(N1, "keep_output=true").body()).isEqualTo("n1: OK []\n");
    assertThat(post(N1, "keep_output=true").body()).isEqualTo("n1: OK []\n");
    assertThat(relay.nodes().triggered()).hasSize(1);
  }

  @Test
  void whoGoesAwayAtOnceDoesNotMakeAnotherRequestOfIt() throws Exception {
    post(N1, "keep_output=true&asynchronous=true");
    assertThat(post(N1, "keep_output=true").body()).isEqualTo("n1: OK []\n");
    assertThat(relay.nodes().triggered()).hasSize(1);
  }

  @Test
  void whoWaitsForTheEndIsToldHowItWentAlsoWhereTheFirstDidNotWait() throws Exception {
    Sinks.Many<RunEvent> n1 = relay.nodes().control("n1");
    assertThat(post(N1, "asynchronous=true").statusCode()).isEqualTo(200);
    CompletableFuture<HttpResponse<String>> waiting = postAsync(N1, "asynchronous=false");
    RunFailure failure = new RunFailure(RunFailure.Kind.TIMEOUT, "relay root", "late");
    n1.tryEmitNext(new RunEvent.Failed(new NodeId("n1"), failure));

    assertThat(waiting.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(504);
  }

  @ParameterizedTest
  @CsvSource({
    "/remote-run/nodes/n2, keep_output=true",
    "/remote-run/all, keep_output=true",
    "/remote-run/nodes/n1, keep_output=true&classes=a",
    "/remote-run/nodes/n1, keep_output=false"
  })
  void anotherRequestWithAKnownIdIsRefused(String path, String form) throws Exception {
    post(N1, "keep_output=true");
    HttpResponse<String> other = post(path, form);

    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body())
        .isEqualTo("run " + ID + " is known here, and was another request: send another X-Run-Id");
    assertThat(relay.nodes().triggered()).hasSize(1);
  }

  @Test
  void whoHasEventsGetsTheRestAndOnlyTheRest() throws Exception {
    String all = postForEvents(Map.of()).body();
    assertThat(all.lines().toList())
        .containsExactly(
            "{\"event\":\"heartbeat\",\"node\":\"n1\"}",
            "{\"event\":\"started\",\"node\":\"n1\",\"command\":\"agent\",\"id\":1}",
            "{\"event\":\"output\",\"node\":\"n1\",\"text\":\"n1: OK []\\n\",\"id\":2}",
            "{\"event\":\"finished\",\"node\":\"n1\",\"status\":0,\"id\":3}",
            "{\"event\":\"summary\",\"targets\":1,\"waiting\":0,\"running\":0,\"succeeded\":1,"
                + "\"agent_errors\":0,\"failed\":0,\"stopped\":0,\"unconfirmed\":0}");

    List<String> lines = all.lines().skip(1).toList();
    for (int last = 0; last <= 3; last++) {
      Map<String, String> header = Map.of("Last-Event-ID", "" + last);
      assertThat(postForEvents(header).body().lines().skip(1).toList())
          .isEqualTo(lines.subList(last, lines.size()));
      assertThat(get(RUN + "/events", header).body().lines().skip(1).toList())
          .isEqualTo(lines.subList(last, lines.size()));
    }
    assertThat(relay.nodes().triggered()).hasSize(1);
  }

  @Test
  void whoHasEventsOfARunThatIsNotKnownDoesNotBeginIt() throws Exception {
    HttpResponse<String> response = postForEvents(Map.of("Last-Event-ID", "7"));

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body())
        .isEqualTo("run " + ID + " is not known here: it never began, or ended long ago");
    assertThat(relay.nodes().triggered()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999"})
  void aNumberThatIsNoneIsRefused(String number) throws Exception {
    HttpResponse<String> response = postForEvents(Map.of("Last-Event-ID", number));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .isEqualTo("invalid Last-Event-ID: " + number + ", should be a number");
    assertThat(relay.nodes().triggered()).isEmpty();
  }

  @Test
  void aRunTellsHowItStands() throws Exception {
    Sinks.Many<RunEvent> n1 = relay.nodes().control("n1");
    n1.tryEmitNext(started("n1"));
    post("/remote-run/nodes", "nodes=n1,n2,n9&asynchronous=true");

    assertThat(get(RUN, Map.of()).body())
        .contains(
            "\"run\":\"" + ID + "\",\"state\":\"running\",\"began\":\"",
            "\"counts\":{\"targets\":3,\"waiting\":1,\"running\":1,\"succeeded\":0,",
            "\"n1\":{\"state\":\"running\"}",
            "\"n2\":{\"state\":\"waiting\"}",
            "\"n9\":{\"state\":\"failed\",\"kind\":\"UNKNOWN_NODE\",\"hop\":\"relay root\",");

    n1.tryEmitNext(finished("n1", 4));
    HttpResponse<String> events = get(RUN + "/events", Map.of());
    assertThat(events.body()).contains("\"event\":\"summary\",\"targets\":3");
    assertThat(get(RUN, Map.of()).body())
        .contains(
            "\"state\":\"ended\"",
            "\"ended\":\"",
            "\"n1\":{\"state\":\"agent_error\",\"status\":4}",
            "\"n2\":{\"state\":\"succeeded\",\"status\":0}");
  }

  @Test
  void cancelStopsTheOneThatRunsAndThoseThatWaitAndTellsHow() throws Exception {
    relay.nodes().control("n1").tryEmitNext(started("n1"));
    CompletableFuture<HttpResponse<String>> answer =
        postAsync("/remote-run/nodes", "nodes=n1,n2&keep_output=true");
    Eventually.await(
        "n1 runs", () -> relay.nodes().triggered().size() == 1, relay.nodes()::triggered);

    HttpResponse<String> cancelled = delete(RUN);

    assertThat(cancelled.statusCode()).isEqualTo(200);
    assertThat(cancelled.body())
        .contains("\"state\":\"ended\"", "\"stopped\":2", "\"n2\":{\"state\":\"stopped\"");
    assertThat(answer.get(10, TimeUnit.SECONDS).body())
        .contains("n1: error: ", "n2: error: ", "summary: 2 nodes: 2 stopped\n");
    assertThat(relay.nodes().triggered()).hasSize(1);
    assertThat(delete(RUN).body()).isEqualTo(cancelled.body());
  }

  @Test
  void whatIsNotKnownCannotBeReadOrCancelled() throws Exception {
    for (String path : List.of(RUN, RUN + "/events")) {
      assertThat(get(path, Map.of()).statusCode()).isEqualTo(404);
    }
    assertThat(delete(RUN).statusCode()).isEqualTo(404);
    assertThat(get("/remote-run/runs/1-1-1-1-1", Map.of()).statusCode()).isEqualTo(400);
  }

  @Test
  void browsersReadEventsAsTheyComeAndGoOnWhereTheyWere() throws Exception {
    Sinks.Many<RunEvent> n1 = relay.nodes().control("n1");
    n1.tryEmitNext(output("n1", "first\n"));
    CompletableFuture<HttpResponse<String>> plain = postAsync(N1, "keep_output=true");
    Eventually.await(
        "the run is known",
        () -> relay.runs().find(RunId.parse(ID)).blockOptional().isPresent(),
        () -> "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(relay.url() + RUN + "/events"))
            .header("Accept", "text/event-stream")
            .build();
    try (HttpClient client = HttpClient.newHttpClient();
        InputStream body = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("id: 1");
      assertThat(lines.readLine())
          .isEqualTo("data: {\"event\":\"output\",\"node\":\"n1\",\"text\":\"first\\n\",\"id\":1}");
      assertThat(lines.readLine()).isEmpty();
      n1.tryEmitNext(finished("n1", 0));
      assertThat(lines.lines())
          .contains(
              "id: 2",
              "data: {\"event\":\"finished\",\"node\":\"n1\",\"status\":0,\"id\":2}",
              "event: summary");
      assertThat(plain.get(10, TimeUnit.SECONDS).body()).isEqualTo("first\n");
    }
  }

  @Test
  void theOutcomeIsInATrailer() throws Exception {
    String raw =
        Http.raw(
            relay.url(),
            "POST /rudder/relay-api/1/remote-run/nodes HTTP/1.1\r\nHost: x\r\n"
                + "Connection: close\r\nContent-Length: 29\r\n\r\nkeep_output=true&nodes=n1,n99");

    assertThat(raw)
        .containsIgnoringCase("\r\nTrailer: X-Run-Outcome\r\n")
        .contains("summary: 2 nodes: 1 succeeded, 1 failed\n")
        .containsPattern(
            "(?i)\r\n0\r\nx-run-outcome: targets=2 succeeded=1 agent-errors=0 failed=1 ");
  }

  @Test
  void aRequestThatComesBackIsACircleInTheNodeLists() throws Exception {
    HttpResponse<String> response = post(N1, "keep_output=true", Map.of("X-Run-Path", "root,site"));

    assertThat(response.statusCode()).isEqualTo(508);
    assertThat(response.body()).contains("come back to relay root by way of [root, site]");
    assertThat(post(N1, "", Map.of("X-Run-Path", "a,,b")).statusCode()).isEqualTo(400);
    assertThat(post(N1, "", Map.of("X-Run-Path", "site")).statusCode()).isEqualTo(200);
  }

  @Test
  void aRunIsForgottenSomeTimeAfterItsEnd() throws Exception {
    try (TestRelay forgetful =
            TestRelay.plan(folder, "other").node("n1", "other").with("runs.keep", "1ms").start();
        Http client = new Http()) {
      client.post(forgetful.url(), N1, "", Map.of("X-Run-Id", ID));
      Eventually.await(
          "the run is forgotten",
          () -> forgetful.runs().find(RunId.parse(ID)).blockOptional().isEmpty(),
          () -> "still known");
    }
  }

  @Test
  void ofTooManyRunsTheOldestThatHasEndedIsForgotten() throws Exception {
    try (TestRelay small =
            TestRelay.plan(folder, "other")
                .node("n1", "other")
                .node("n2", "other")
                .with("runs.most", "2")
                .start();
        Http client = new Http()) {
      Sinks.Many<RunEvent> n2 = small.nodes().control("n2");
      client.post(small.url(), "/remote-run/nodes/n2", "asynchronous=true", Map.of("X-Run-Id", ID));
      String second = client.post(small.url(), N1, "").headers().firstValue("X-Run-Id").get();
      String third = client.post(small.url(), N1, "").headers().firstValue("X-Run-Id").get();

      assertThat(small.runs().find(RunId.parse(ID)).blockOptional()).isPresent();
      assertThat(small.runs().find(RunId.parse(second)).blockOptional()).isEmpty();
      assertThat(small.runs().find(RunId.parse(third)).blockOptional()).isPresent();
      n2.tryEmitNext(finished("n2", 0));
    }
  }

  /** Such as a relay above that is slow, or far away. */
  @Test
  void aRunThatIsBeingReadIsForgottenAfterThoseThatAreNot() throws Exception {
    try (TestRelay small =
            TestRelay.plan(folder, "other").node("n1", "other").with("runs.most", "2").start();
        Http client = new Http()) {
      client.post(small.url(), N1, "keep_output=true", Map.of("X-Run-Id", ID));
      Run read = small.runs().find(RunId.parse(ID)).blockOptional().orElseThrow();
      StepVerifier.create(read.log().events(), 1)
          .expectNextCount(1)
          .then(() -> threeMore(client, small))
          .thenRequest(Long.MAX_VALUE)
          .expectNextCount(1)
          .expectNext(finished("n1", 0))
          .expectComplete()
          .verify(Eventually.DEADLINE);
    }
  }

  private static void threeMore(Http client, TestRelay relay) {
    try {
      for (int i = 0; i < 3; i++) {
        client.post(relay.url(), N1, "");
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oldRunsMakeRoomForTheOutputOfNewOnes() throws Exception {
    String line = "x".repeat(999) + "\n";
    try (TestRelay small =
            TestRelay.plan(folder, "other")
                .node("n1", "other")
                .with("runs.memory", "100KB")
                .start();
        Http client = new Http()) {
      Flux<RunEvent> tenLines = Flux.range(0, 10).map(i -> output("n1", line));
      small.nodes().script("n1", tenLines.concatWithValues(finished("n1", 0)));
      for (int i = 0; i < 30; i++) {
        assertThat(client.post(small.url(), N1, "keep_output=true").body())
            .isEqualTo(line.repeat(10));
      }
    }
  }

  private HttpResponse<String> post(String path, String form) throws Exception {
    return post(path, form, Map.of());
  }

  private HttpResponse<String> post(String path, String form, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(relay.url() + path))
            .header("X-Run-Id", ID)
            .POST(HttpRequest.BodyPublishers.ofString(form));
    headers.forEach(request::setHeader);
    return http.send(request.build());
  }

  private CompletableFuture<HttpResponse<String>> postAsync(String path, String form) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return post(path, form);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private HttpResponse<String> postForEvents(Map<String, String> headers) throws Exception {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Accept", "application/x-ndjson");
    return post(N1, "keep_output=true", all);
  }

  private HttpResponse<String> get(String path, Map<String, String> headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(relay.url() + path));
    headers.forEach(request::setHeader);
    return http.send(request.build());
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(relay.url() + path)).DELETE().build());
  }
}
