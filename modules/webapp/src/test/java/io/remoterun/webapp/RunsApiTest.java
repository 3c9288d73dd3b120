package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testkit.ScriptedRelay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class RunsApiTest {
  private static final NodeId ROOT = NodeId.ROOT;
  private static final NodeId N1 = new NodeId("n1");
  private static final String BOTH = "{\"targets\":{\"nodes\":[\"n1\",\"root\"]}}";

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;

  @BeforeAll
  static void start() throws IOException {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url(), "api.cancel-wait=20s", "api.heartbeat=100ms");
  }

  @AfterAll
  static void stop() {
    webapp.close();
    relay.close();
  }

  @BeforeEach
  void forget() {
    relay.reset();
  }

  @Test
  void startsARunAndTellsHowItStands() throws Exception {
    HttpResponse<String> answer =
        post(
            "remote-runs",
            """
            {"targets":{"nodes":["n1","root","n1"]},"conditions":["a","b","a"],"deadline":"PT10M"}
            """);
    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode run = data(answer);
    String id = run.path("id").asString();
    assertThat(answer.headers().firstValue("Location"))
        .contains("/rudder/api/latest/remote-runs/" + id);
    assertThat(answer.headers().firstValue("X-Run-Id")).contains(id);
    assertThat(json(answer).path("action").asString()).isEqualTo("startRemoteRun");
    assertThat(run.path("state").asString()).isEqualTo("running");
    assertThat(run.path("targets").toString()).isEqualTo("{\"nodes\":[\"n1\",\"root\"]}");
    assertThat(run.path("conditions").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(run.path("deadline").asString()).isEqualTo("PT10M");
    assertThat(run.path("askedBy").path("name").asString()).isEqualTo("system");
    assertThat(run.has("concurrency") || run.has("stopAfter") || run.has("retryOf")).isFalse();

    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.header("X-Run-Id")).isEqualTo(id);
    assertThat(asked.form())
        .isEqualTo("asynchronous=true&keep_output=true&classes=a%2Cb&nodes=n1%2Croot");
    asked.says(started(N1)).says(failed(ROOT, Kind.UNREACHABLE)).says(finished(N1, 3)).end();
    awaitEnd(id);

    JsonNode ended = data(get("remote-runs/" + id));
    assertThat(ended.path("state").asString()).isEqualTo("ended");
    assertThat(ended.path("counts").toString())
        .isEqualTo(
            "{\"targets\":2,\"waiting\":0,\"running\":0,\"succeeded\":0,\"agentErrors\":1,"
                + "\"failed\":1,\"stopped\":0,\"unconfirmed\":0}");
    JsonNode n1 = ended.path("nodes").path(0);
    assertThat(n1.path("id").asString()).isEqualTo("n1");
    assertThat(n1.path("hostname").asString()).isEqualTo("one.example");
    assertThat(n1.path("state").asString()).isEqualTo("agentError");
    assertThat(n1.path("exitCode").asInt()).isEqualTo(3);
    assertThat(n1.has("durationMs") && n1.has("began")).isTrue();
    assertThat(ended.path("nodes").path(1).path("failure").toString())
        .startsWith("{\"kind\":\"UNREACHABLE\",\"hop\":\"relay root\",\"reason\":\"so it is\"")
        .contains("\"advice\":\"check that");
  }

  @Test
  void takesAllNodesOrThoseOfAQueryAndPassesItsBounds() throws Exception {
    assertThat(data(post("remote-runs", "{\"targets\":{\"all\":true}}")).path("counts"))
        .hasToString(
            "{\"targets\":2,\"waiting\":2,\"running\":0,\"succeeded\":0,\"agentErrors\":0,"
                + "\"failed\":0,\"stopped\":0,\"unconfirmed\":0}");
    ScriptedRelay.Asked all = relay.asked();
    assertThat(all.form()).endsWith("nodes=root%2Cn1");
    all.says(finished(ROOT, 0)).says(finished(N1, 0)).end();

    JsonNode run =
        data(
            post(
                "remote-runs",
                "{\"targets\":{\"query\":\"hostname~one*\"},\"concurrency\":7,\"stopAfter\":5}"));
    assertThat(run.path("targets")).hasToString("{\"query\":\"hostname~one*\"}");
    assertThat(run.path("concurrency").asInt()).isEqualTo(7);
    assertThat(run.path("stopAfter").asString()).isEqualTo("5");
    ScriptedRelay.Asked one = relay.asked();
    assertThat(one.form()).endsWith("nodes=n1");
    one.says(finished(N1, 0)).end();
    awaitEnd(run.path("id").asString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the body is missing: it should be a JSON object",
        "null|the body should be a JSON object, and is null",
        "[]|the body should be a JSON object",
        "7|the body should be a JSON object",
        "{|the body is wrong at line 1, column 2",
        "{} x|the body is wrong at line 1, column 4",
        "{}|targets is missing",
        "{\"targets\":{}}|targets should have one of nodes, all, group and query",
        "{\"targets\":{\"all\":true,\"nodes\":[\"n1\"]}}|targets should have one of nodes, all,"
            + " group and query",
        "{\"targets\":{\"all\":false}}|targets.all should be true, or not be there",
        "{\"targets\":{\"all\":\"true\"}}|invalid field in the body: targets.all",
        "{\"targets\":{\"nodes\":[]}}|targets.nodes is empty",
        "{\"targets\":{\"nodes\":\"n1\"}}|invalid field in the body: targets.nodes",
        "{\"targets\":{\"nodes\":[null]}}|node ids should be texts",
        "{\"targets\":{\"nodes\":[\"../n1\"]}}|invalid node id: ../n1",
        "{\"targets\":{\"nodes\":[{}]}}|invalid field in the body: targets.nodes.0",
        "{\"targets\":{\"node\":[\"n1\"]}}|unknown field in the body: targets.node, should be one"
            + " of [nodes, all, group, query]",
        "{\"targets\":{\"all\":true},\"targets\":{\"all\":true}}|the body is wrong at line 1,"
            + " column 34",
        "{\"targets\":{\"query\":\"os=\"}}|the query is wrong at character 4: expected a value; one"
            + " with spaces or signs in double quotes, found the end",
        "{\"targets\":{\"query\":\"hostname=x\"}}|there is no node to trigger: none is meant, or"
            + " you may trigger none of them",
        "{\"targets\":{\"all\":true},\"conditions\":[\"a~\"]}|invalid condition: a~, should match"
            + " ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "{\"targets\":{\"all\":true},\"conditions\":[null]}|invalid condition: null, should be a"
            + " text",
        "{\"targets\":{\"all\":true},\"deadline\":\"5m\"}|invalid deadline: 5m, should be like"
            + " PT10M",
        "{\"targets\":{\"all\":true},\"deadline\":\"PT3H\"}|invalid deadline: PT3H, should be PT1S"
            + " to PT2H",
        "{\"targets\":{\"all\":true},\"deadline\":\"-PT1H\"}|invalid deadline: -PT1H, should be"
            + " PT1S to PT2H",
        "{\"targets\":{\"all\":true},\"concurrency\":0}|invalid concurrency: 0, should be 1 to"
            + " 10000",
        "{\"targets\":{\"all\":true},\"concurrency\":1.5}|invalid field in the body: concurrency",
        "{\"targets\":{\"all\":true},\"concurrency\":99999999999}|the body is wrong at line 1,"
            + " column 50",
        "{\"targets\":{\"all\":true},\"stopAfter\":\"0%\"}|invalid stopAfter: 0%, should be like 5,"
            + " 5% or never",
        "{\"targets\":{\"all\":true},\"stopAfter\":true}|invalid stopAfter: should be like 5,"
            + " \\\"5%\\\" or \\\"never\\\"",
      })
  void refusesABodyThatItDoesNotUnderstand(String body, String details) throws Exception {
    HttpResponse<String> answer = post("remote-runs", body);
    assertThat(answer.body())
        .isEqualTo(
            "{\"action\":\"startRemoteRun\",\"result\":\"error\",\"errorDetails\":\""
                + details
                + "\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(relay.wasAsked()).isFalse();
  }

  @Test
  void boundsWhatIsAskedFor() throws Exception {
    String ids = "\"n1\",".repeat(20_000) + "\"n1\"";
    HttpResponse<String> nodes = post("remote-runs", "{\"targets\":{\"nodes\":[" + ids + "]}}");
    assertThat(nodes.statusCode()).isEqualTo(400);
    assertThat(nodes.body()).contains("more than 20000 node ids");
    HttpResponse<String> large = post("remote-runs", " ".repeat(1 << 20) + BOTH);
    assertThat(large.statusCode()).isEqualTo(413);
    StringBuilder many = new StringBuilder("\"a\"");
    for (int i = 0; i < 100; i++) {
      many.append(",\"a").append(i).append('"');
    }
    HttpResponse<String> conditions =
        post("remote-runs", "{\"targets\":{\"all\":true},\"conditions\":[" + many + "]}");
    assertThat(conditions.body()).contains("more than 100 conditions");
    HttpResponse<String> type =
        webapp.send(
            webapp
                .api("remote-runs")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(BOTH)));
    assertThat(type.statusCode()).isEqualTo(415);
    assertThat(relay.wasAsked()).isFalse();
  }

  @Test
  void theSameKeyIsTheSameRunAndAnotherRequestIsAConflict() throws Exception {
    String key = UUID.randomUUID().toString();
    HttpResponse<String> first = post("remote-runs", BOTH, "Idempotency-Key", key);
    relay.asked().says(finished(N1, 0)).says(finished(ROOT, 0)).end();
    HttpResponse<String> second = post("remote-runs", BOTH, "Idempotency-Key", key);
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(id(second)).isEqualTo(id(first));
    HttpResponse<String> other =
        post("remote-runs", "{\"targets\":{\"all\":true}}", "Idempotency-Key", key);
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("the same Idempotency-Key was given with another request");
    assertThat(relay.wasAsked()).isFalse();

    for (String bad : List.of("a b", "a".repeat(201))) {
      assertThat(post("remote-runs", BOTH, "Idempotency-Key", bad).statusCode()).isEqualTo(400);
    }
    HttpResponse<String> twice =
        webapp.send(
            webapp
                .api("remote-runs")
                .header("Idempotency-Key", "a")
                .header("Idempotency-Key", "b")
                .POST(BodyPublishers.ofString(BOTH)));
    assertThat(twice.statusCode()).isEqualTo(400);
    assertThat(twice.body()).contains("the header Idempotency-Key is given twice");
  }

  @Test
  void listsTheNewestFirstPageByPage() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.addFirst(ranAt(N1));
    }
    String going = id(post("remote-runs", BOTH));
    ScriptedRelay.Asked asked = relay.asked();
    JsonNode page = data(get("remote-runs?state=ended&node=n1&by=system&perPage=2"));
    assertThat(page.path("runs").valueStream().map(run -> run.path("id").asString()))
        .containsExactlyElementsOf(ids.subList(0, 2));
    assertThat(page.path("runs").path(0).has("nodes")).isFalse();
    assertThat(page.path("page").asInt()).isEqualTo(1);
    assertThat(page.path("perPage").asInt()).isEqualTo(2);
    assertThat(page.path("total").asLong()).isGreaterThanOrEqualTo(3);
    JsonNode next = data(get("remote-runs?state=ended&node=n1&perPage=2&page=2"));
    assertThat(next.path("runs").path(0).path("id").asString()).isEqualTo(ids.get(2));
    JsonNode running = data(get("remote-runs?state=running"));
    assertThat(running.path("runs").path(0).path("id").asString()).isEqualTo(going);
    assertThat(data(get("remote-runs?by=nobody")).path("total").asInt()).isZero();
    assertThat(data(get("remote-runs?until=2020-01-01T00:00:00Z")).path("total").asInt()).isZero();
    assertThat(data(get("remote-runs?since=2020-01-01T00:00:00%2B02:00")).path("total").asInt())
        .isGreaterThanOrEqualTo(4);
    asked.says(finished(N1, 0)).says(finished(ROOT, 0)).end();
    awaitEnd(going);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "page=0|invalid page: 0, should be 1 to 1000000",
        "page=x|invalid page: x, should be 1 to 1000000",
        "page=99999999999999|invalid page: 99999999999999, should be 1 to 1000000",
        "perPage=201|invalid perPage: 201, should be 1 to 200",
        "perPage=-1|invalid perPage: -1, should be 1 to 200",
        "state=open|invalid state: open, should be one of cancelling, ended, running",
        "node=..%2Fx|invalid node id: ../x",
        "since=yesterday|invalid since: yesterday, should be like 2026-01-31T12:00:00Z",
        "page=1&page=2|the parameter page is given twice",
        "nodes=n1|unknown parameter: nodes",
      })
  void refusesFiltersThatMakeNoSense(String query, String details) throws Exception {
    HttpResponse<String> answer = get("remote-runs?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"errorDetails\":\"" + details + "\"");
  }

  @Test
  void showsOnlyTheNodesThatAreWanted() throws Exception {
    String id = id(post("remote-runs", BOTH));
    relay.asked().says(finished(N1, 0)).says(failed(ROOT, Kind.TIMEOUT)).end();
    awaitEnd(id);
    assertThat(
            data(get("remote-runs/" + id + "?nodes=failed")).path("nodes").findValuesAsString("id"))
        .containsExactly("root");
    assertThat(data(get("remote-runs/" + id + "?nodes=none")).path("nodes").size()).isZero();
    assertThat(data(get("remote-runs/" + id + "?nodes=all")).path("nodes").size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "remote-runs/7",
        "remote-runs/00000000-0000-0000-0000-000000000000",
        "remote-runs/..%2F..%2Fnodes",
        "remote-runs/%2e%2e",
        "remote-runs/00000000-0000-0000-0000-000000000000/events",
        "remote-runs/00000000-0000-0000-0000-000000000000/nodes/n1/output",
      })
  void aRunThatIsNotThereIs404(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isIn(400, 404);
    assertThat(answer.body()).contains("\"result\":\"error\"");
    assertThat(answer.body()).doesNotContain("hostname");
  }

  @Test
  void aNodeThatTheRunIsNotForHasNoOutput() throws Exception {
    String id = ranAt(N1);
    for (String node : List.of("root", "..%2Fn1", "n2", "%00")) {
      HttpResponse<String> answer = get("remote-runs/" + id + "/nodes/" + node + "/output");
      assertThat(answer.statusCode()).isIn(400, 404);
    }
  }

  @Test
  void tellsEventsWhileTheyHappenAndGoesOnAfterTheLastOneThatIsKnown() throws Exception {
    String id = id(post("remote-runs", BOTH));
    ScriptedRelay.Asked asked = relay.asked().says(started(N1)).says(output(N1, "one\n"));
    String last;
    try (BufferedReader lines = events(id, "application/x-ndjson", "")) {
      assertThat(line(lines))
          .isEqualTo("{\"event\":\"started\",\"node\":\"n1\",\"command\":\"agent\",\"id\":1}");
      last = line(lines);
      assertThat(last)
          .isEqualTo("{\"event\":\"output\",\"node\":\"n1\",\"text\":\"one\\n\",\"id\":2}");
    }
    asked.says(output(N1, "two\n")).says(failed(ROOT, Kind.REFUSED));
    try (BufferedReader lines = events(id, "application/x-ndjson", "2")) {
      assertThat(line(lines)).contains("\"text\":\"two\\n\",\"id\":3}");
      assertThat(line(lines)).contains("\"event\":\"failed\",\"node\":\"root\"");
      asked.says(finished(N1, 0)).end();
      assertThat(line(lines))
          .isEqualTo("{\"event\":\"finished\",\"node\":\"n1\",\"status\":0,\"id\":5}");
      assertThat(line(lines))
          .isEqualTo(
              "{\"event\":\"summary\",\"targets\":2,\"waiting\":0,\"running\":0,\"succeeded\":1,"
                  + "\"agentErrors\":0,\"failed\":1,\"stopped\":0,\"unconfirmed\":0}");
      assertThat(lines.readLine()).isNull();
    }
    try (BufferedReader lines = events(id, "application/x-ndjson", "5")) {
      assertThat(line(lines)).contains("\"event\":\"summary\"");
    }
  }

  @Test
  void keepsAStreamOfEventsAwake() throws Exception {
    String id = id(post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\"]}}"));
    ScriptedRelay.Asked asked = relay.asked();
    try (BufferedReader lines = events(id, "*/*", "")) {
      for (int i = 0; i < 3; i++) {
        assertThat(lines.readLine()).isEqualTo("{\"event\":\"heartbeat\",\"node\":\"n1\"}");
      }
    }
    asked.says(finished(N1, 0)).end();
    awaitEnd(id);
  }

  @Test
  void tellsBrowsersServerSentEvents() throws Exception {
    String id = ranAt(N1);
    HttpResponse<String> answer =
        webapp.send(
            webapp.api("remote-runs/" + id + "/events").header("Accept", "text/event-stream"));
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    assertThat(answer.body())
        .isEqualTo(
            """
            : heartbeat

            id: 1
            event: output
            data: {"event":"output","node":"n1","text":"\\u001B[31mOK\\u001B[0m\\n","id":1}

            id: 2
            event: finished
            data: {"event":"finished","node":"n1","status":0,"id":2}

            event: summary
            data: {"event":"summary","targets":1,"waiting":0,"running":0,"succeeded":1,\
            "agentErrors":0,"failed":0,"stopped":0,"unconfirmed":0}

            """);
  }

  @ParameterizedTest
  @CsvSource({"Accept,text/html,406", "Last-Event-ID,x,400", "Last-Event-ID,-1,400"})
  void refusesEventsThatItCannotTell(String header, String value, int status) throws Exception {
    String id = ranAt(N1);
    HttpResponse<String> answer =
        webapp.send(webapp.api("remote-runs/" + id + "/events").header(header, value));
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Test
  void tellsWhatAnAgentPrintedWithItsColoursOrWithout() throws Exception {
    String id = ranAt(N1);
    String path = "remote-runs/" + id + "/nodes/n1/output";
    HttpResponse<String> kept = get(path);
    assertThat(kept.body()).isEqualTo("\u001b[31mOK\u001b[0m\n");
    assertThat(kept.headers().firstValue("Content-Type")).contains("text/plain;charset=UTF-8");
    assertThat(get(path + "?format=raw&color=always").body()).isEqualTo(kept.body());
    assertThat(get(path + "?color=never").body()).isEqualTo("OK\n");
    assertThat(get(path + "?color=pink").statusCode()).isEqualTo(400);
    assertThat(get(path + "?format=xml").statusCode()).isEqualTo(400);
  }

  @Test
  void tellsReportsAsATable() throws Exception {
    String id = id(post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\"]}}"));
    String report =
        "R: @@Users@@result_repaired@@r1@@d1@@0@@Groups@@admins"
            + "@@2026-01-31 12:00:00+00:00##n1@#the group was made\n";
    relay
        .asked()
        .says(output(N1, report.substring(0, 30)))
        .says(output(N1, report.substring(30)))
        .says(new RunEvent.Gap(N1, report.length(), 50))
        .says(finished(N1, 3))
        .end();
    String path = "remote-runs/" + id + "/nodes/n1/output?format=table";
    HttpResponse<String> plain = get(path);
    assertThat(plain.body())
        .contains("repaired", "Users", "Groups", "admins", "the group was made")
        .contains("50 bytes of output are missing here", "Summary", "failed: exit status 3")
        .doesNotContain("\u001b", "@@");
    assertThat(get(path + "&color=always").body()).contains("\u001b[");
  }

  @Test
  void cancelsAndTellsWhatHasStopped() throws Exception {
    String id = id(post("remote-runs", BOTH));
    ScriptedRelay.Asked asked = relay.asked().says(started(N1)).says(finished(ROOT, 0));
    var answer =
        webapp.sendAsync(webapp.api("remote-runs/" + id).DELETE(), BodyHandlers.ofString());
    ScriptedRelay.Asked cancel = relay.asked();
    assertThat(cancel.path()).endsWith("/remote-run/runs/" + id);
    cancel.end();
    assertThat(data(get("remote-runs/" + id)).path("state").asString()).isEqualTo("cancelling");
    assertThat(answer.isDone()).isFalse();
    asked.says(failed(N1, Kind.STOPPED)).end();
    JsonNode run = data(answer.get());
    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(run.path("state").asString()).isEqualTo("ended");
    assertThat(run.path("cancelledBy").path("name").asString()).isEqualTo("system");
    assertThat(run.path("nodes").findValuesAsString("state"))
        .containsExactly("stopped", "succeeded");
    HttpResponse<String> again = webapp.send(webapp.api("remote-runs/" + id).DELETE());
    assertThat(again.statusCode()).isEqualTo(200);
  }

  @Test
  void cancelsWithoutWaiting() throws Exception {
    String id = id(post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\"]}}"));
    ScriptedRelay.Asked asked = relay.asked().says(started(N1));
    HttpResponse<String> answer =
        webapp.send(webapp.api("remote-runs/" + id + "?wait=false").DELETE());
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(data(answer).path("state").asString()).isEqualTo("cancelling");
    relay.asked().end();
    asked.says(failed(N1, Kind.STOPPED)).end();
    awaitEnd(id);
  }

  @Test
  void triesAgainWhatHasFailedAndOnlyThat() throws Exception {
    String id = id(post("remote-runs", "{\"targets\":{\"all\":true},\"conditions\":[\"a\"]}"));
    ScriptedRelay.Asked asked = relay.asked();
    HttpResponse<String> early = post("remote-runs/" + id + "/retry", "");
    assertThat(early.statusCode()).isEqualTo(409);
    assertThat(early.body()).contains("the run goes on");
    asked.says(finished(ROOT, 0)).says(finished(N1, 1)).end();
    awaitEnd(id);

    String escaped = id.replace("-", "%2D");
    HttpResponse<String> answer = post("remote-runs/" + escaped + "/retry", "");
    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode again = data(answer);
    assertThat(again.path("retryOf").asString()).isEqualTo(id);
    assertThat(answer.headers().firstValue("Location"))
        .contains("/rudder/api/latest/remote-runs/" + again.path("id").asString());
    ScriptedRelay.Asked retried = relay.asked();
    assertThat(retried.form()).contains("classes=a").endsWith("nodes=n1");
    retried.says(finished(N1, 0)).end();
    awaitEnd(again.path("id").asString());

    HttpResponse<String> none = post("remote-runs/" + again.path("id").asString() + "/retry", "");
    assertThat(none.statusCode()).isEqualTo(409);
    assertThat(none.body()).contains("no node of the run has failed");
  }

  @Test
  void nodesTellTheirNewestRunWhereItIsAskedFor() throws Exception {
    ranAt(ROOT);
    String id = id(post("remote-runs", BOTH));
    ScriptedRelay.Asked asked = relay.asked().says(failed(ROOT, Kind.UNREACHABLE));
    asked.says(started(N1)).says(finished(N1, 7)).end();
    awaitEnd(id);
    String newest = ranAt(N1);

    JsonNode nodes = data(get("nodes?lastRuns=true&include=minimal")).path("nodes");
    assertThat(nodes.findValuesAsString("hostname"))
        .containsExactly("server.example", "one.example");
    JsonNode root = nodes.path(0).path("lastRun");
    assertThat(root.path("id").asString()).isEqualTo(id);
    assertThat(root.path("state").asString()).isEqualTo("failed");
    assertThat(root.path("failure").path("hop").asString()).isEqualTo("relay root");
    assertThat(Instant.parse(root.path("asked").asString())).isBefore(Instant.now());
    JsonNode n1 = nodes.path(1).path("lastRun");
    assertThat(n1.path("id").asString()).isEqualTo(newest);
    assertThat(n1.path("state").asString()).isEqualTo("succeeded");
    assertThat(n1.path("exitCode").asInt(-1)).isZero();

    String goesOn = id(post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\"]}}"));
    ScriptedRelay.Asked still = relay.asked();
    JsonNode waits = data(get("nodes?lastRuns=true")).path("nodes").path(1).path("lastRun");
    assertThat(waits.path("id").asString()).isEqualTo(goesOn);
    assertThat(waits.path("state").asString()).isEqualTo("waiting");
    still.says(finished(N1, 0)).end();
    awaitEnd(goesOn);

    assertThat(get("nodes").body()).doesNotContain("lastRun");
    assertThat(get("nodes?lastRuns=false").body()).doesNotContain("lastRun");
    assertThat(get("nodes?lastRuns=yes").statusCode()).isEqualTo(400);
  }

  @Test
  void tellsWhichSignalHasEndedAnAgent() throws Exception {
    String id = id(post("remote-runs", BOTH));
    relay
        .asked()
        .says(started(N1))
        .says(new RunEvent.Finished(N1, new ExitStatus.Killed(9)))
        .says(new RunEvent.Finished(ROOT, new ExitStatus.Killed()))
        .end();
    awaitEnd(id);
    JsonNode nodes = data(get("remote-runs/" + id)).path("nodes");
    assertThat(nodes.path(0).path("state").asString()).isEqualTo("agentError");
    assertThat(nodes.path(0).path("signal").asString()).isEqualTo("9");
    assertThat(nodes.path(0).has("exitCode") || nodes.path(0).has("failure")).isFalse();
    assertThat(nodes.path(1).path("signal").asString()).isEqualTo("unknown");
  }

  @Test
  void aBrowserGoesOnAfterTheLastEventThatItHas() throws Exception {
    String id = ranAt(N1);
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .api("remote-runs/" + id + "/events")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", "1"));
    assertThat(answer.body())
        .startsWith(": heartbeat\n\nid: 2\nevent: finished\n")
        .contains("event: summary")
        .doesNotContain("event: output");
  }

  @Test
  void indentsWhatWentWellWhereItIsAskedTo() throws Exception {
    assertThat(get("nodes?prettify=true").body())
        .startsWith("{\n  \"action\" : \"listAcceptedNodes\",\n")
        .contains("\n  \"result\" : \"success\",\n");
  }

  @Test
  void knowsTheRunThatATriggerOfAllNodesHasMade() throws Exception {
    var answer =
        webapp.sendAsync(
            webapp.api("nodes/applyPolicy").POST(BodyPublishers.noBody()), BodyHandlers.ofString());
    relay.asked().says(finished(ROOT, 0)).says(finished(N1, 3)).end();
    String id = answer.get().headers().firstValue("X-Run-Id").orElseThrow();
    awaitEnd(id);
    JsonNode run = data(get("remote-runs/" + id));
    assertThat(run.path("targets")).hasToString("{\"all\":true}");
    assertThat(run.path("nodes").findValuesAsString("state"))
        .containsExactly("succeeded", "agentError");
  }

  @Test
  void saysHowTheRunEndedInTheTrailerOfTheOutput() throws Exception {
    String id = id(post("remote-runs", BOTH));
    relay
        .asked()
        .says(output(N1, "OK\n"))
        .says(finished(N1, 7))
        .says(failed(ROOT, Kind.REFUSED))
        .end();
    awaitEnd(id);
    assertThat(trailer(id, "n1")).endsWith("OK\n\r\n0\r\nX-Run-Outcome: exit status 7\r\n\r\n");
    assertThat(trailer(id, "root"))
        .endsWith(
            "0\r\nX-Run-Outcome: failed: relay root: so it is (check the access policy of the one"
                + " that refused)\r\n\r\n");
  }

  private static String trailer(String id, String node) throws Exception {
    return RawHttp.exchange(
        webapp.url(),
        "GET /rudder/api/remote-runs/"
            + id
            + "/nodes/"
            + node
            + "/output HTTP/1.1\r\nHost: x\r\nX-API-Token: "
            + webapp.token()
            + "\r\nConnection: close\r\n\r\n");
  }

  @Test
  void knowsTheRunsThatApplyPolicyHasMade() throws Exception {
    var answer = webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofString());
    relay.asked().says(output(N1, "OK\n")).says(finished(N1, 0)).end();
    String id = answer.get().headers().firstValue("X-Run-Id").orElseThrow();
    assertThat(data(get("remote-runs/" + id)).path("targets")).hasToString("{\"nodes\":[\"n1\"]}");
  }

  /** A run of one node, that has ended well; its id. */
  private static String ranAt(NodeId node) throws Exception {
    String id = id(post("remote-runs", "{\"targets\":{\"nodes\":[\"" + node + "\"]}}"));
    relay.asked().says(output(node, "\u001b[31mOK\u001b[0m\n")).says(finished(node, 0)).end();
    awaitEnd(id);
    return id;
  }

  private static void awaitEnd(String id) throws Exception {
    assertThat(get("remote-runs/" + id + "/events").body()).contains("\"event\":\"summary\"");
  }

  private static BufferedReader events(String id, String accepted, String last) throws Exception {
    HttpRequest.Builder request =
        webapp.api("remote-runs/" + id + "/events").header("Accept", accepted);
    if (!last.isEmpty()) {
      request.header("Last-Event-ID", last);
    }
    return new BufferedReader(
        new InputStreamReader(
            webapp.sendAsync(request, BodyHandlers.ofInputStream()).get().body(),
            StandardCharsets.UTF_8));
  }

  /** The next one that is no heartbeat. */
  private static String line(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && line.contains("\"event\":\"heartbeat\"")) {
      line = lines.readLine();
    }
    return line == null ? "the end" : line;
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return webapp.send(webapp.api(path));
  }

  private static HttpResponse<String> post(String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        webapp
            .api(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return webapp.send(headers.length == 0 ? request : request.headers(headers));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private static JsonNode data(HttpResponse<String> answer) {
    return json(answer).path("data");
  }

  private static String id(HttpResponse<String> answer) {
    return data(answer).path("id").asString();
  }

  private static RunEvent started(NodeId node) {
    return new RunEvent.Started(node, "agent");
  }

  private static RunEvent output(NodeId node, String text) {
    return new RunEvent.Output(node, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(NodeId node, int code) {
    return new RunEvent.Finished(node, ExitStatus.code(code));
  }

  private static RunEvent failed(NodeId node, Kind kind) {
    return new RunEvent.Failed(node, new RunFailure(kind, "relay root", "so it is"));
  }
}
