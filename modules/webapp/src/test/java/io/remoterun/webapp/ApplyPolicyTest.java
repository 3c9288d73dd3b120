package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.store.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ApplyPolicyTest {
  private static final NodeId NODE = new NodeId("n1");

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;

  @BeforeAll
  static void start() throws IOException {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url());
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
  void streamsOutputWhileTheRunGoesOn() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
    ScriptedRelay.Asked asked = relay.asked().says(started()).says(output("first\n"));
    try (BufferedReader lines = lines(answer)) {
      assertThat(lines.readLine()).isEqualTo("first");
      // Only now, with the first line read, does the relay say the second one.
      asked.says(output("second\n"));
      assertThat(lines.readLine()).isEqualTo("second");
      asked.says(finished(0)).end();
      assertThat(lines.readLine()).isNull();
    }
    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(contentType(answer.get())).isEqualTo("text/plain;charset=UTF-8");
  }

  @Test
  void streamsEventsToWhoAcceptsThem() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer =
        sendAsync(webapp.trigger("").header("Accept", "application/x-ndjson;q=0.9, */*;q=0.1"));
    ScriptedRelay.Asked asked = relay.asked().says(started());
    try (BufferedReader lines = lines(answer)) {
      assertThat(lines.readLine())
          .isEqualTo("{\"event\":\"started\",\"node\":\"n1\",\"command\":\"agent run\"}");
      asked.says(output("OK\n")).says(finished(3)).end();
      assertThat(lines.readLine())
          .isEqualTo("{\"event\":\"output\",\"node\":\"n1\",\"text\":\"OK\\n\"}");
      assertThat(lines.readLine())
          .isEqualTo("{\"event\":\"finished\",\"node\":\"n1\",\"status\":3}");
      assertThat(lines.readLine()).isNull();
    }
    assertThat(contentType(answer.get())).isEqualTo("application/x-ndjson");
  }

  @Test
  void asksTheRelayForTheOutputAndToWait() throws Exception {
    Ran ran = run(webapp.trigger(""));
    ScriptedRelay.Asked asked = ran.asked();
    assertThat(asked.path()).isEqualTo("/rudder/relay-api/1/remote-run/nodes");
    assertThat(asked.form()).isEqualTo("asynchronous=true&keep_output=true&nodes=n1");
    String runId = asked.header("X-Run-Id");
    assertThat(runId).hasSize(36);
    assertThat(ran.answer().headers().firstValue("X-Run-Id")).contains(runId);
  }

  @Test
  void passesBytesThatAreNoTextUnchanged() throws Exception {
    byte[] bytes = {'a', 0, (byte) 0xff, (byte) 0xfe, '\r', '\n'};
    CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
    relay
        .asked()
        .says(new RunEvent.Output(NODE, OutputBytes.copyOf(bytes)))
        .says(finished(0))
        .end();
    try (InputStream body = answer.get(20, TimeUnit.SECONDS).body()) {
      assertThat(body.readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void saysAFailureAfterOutputInTheLastLine() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
    relay
        .asked()
        .says(output("OK\n"))
        .says(failed(RunFailure.Kind.INTERRUPTED, "relay root", "lost the connection"))
        .end();
    try (BufferedReader lines = lines(answer)) {
      assertThat(lines.readLine()).isEqualTo("OK");
      assertThat(lines.readLine()).startsWith("n1: error: relay root: lost the connection (");
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void saysHowTheRunEndedInATrailer() throws Exception {
    String answer =
        RawHttp.exchange(
            webapp.url(),
            "POST /rudder/api/nodes/n1/applyPolicy HTTP/1.1\r\nHost: x\r\nX-API-Token: "
                + webapp.token()
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            () -> relay.asked().says(output("OK\n")).says(finished(7)).end());
    assertThat(answer).contains("Trailer: X-Run-Outcome", "OK\n");
    assertThat(answer).endsWith("0\r\nX-Run-Outcome: exit status 7\r\n\r\n");
  }

  @Test
  void saysInATrailerWhyTheRunFailed() throws Exception {
    String answer =
        RawHttp.exchange(
            webapp.url(),
            "POST /rudder/api/nodes/n1/applyPolicy HTTP/1.1\r\nHost: x\r\nX-API-Token: "
                + webapp.token()
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            () ->
                relay
                    .asked()
                    .says(output("OK\n"))
                    .says(failed(RunFailure.Kind.STOPPED, "node n1", "caf\u00e9\nclosed"))
                    .end());
    assertThat(answer)
        .endsWith(
            "0\r\nX-Run-Outcome: failed: node n1: caf??closed (trigger it again when it is"
                + " wanted)\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/rudder/api/latest/nodes/n1/applyPolicy",
        "/rudder/api/21/nodes/n1/applyPolicy",
        "/rudder/api/nodes/n1/applyPolicy"
      })
  void servesEveryFormOfThePath(String path) throws Exception {
    HttpResponse<String> answer = run(post(path)).answer();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("OK\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/rudder/api/newest/nodes/n1/applyPolicy",
        "/rudder/api/-1/nodes/n1/applyPolicy",
        "/rudder/api/1.0/nodes/n1/applyPolicy",
        "/rudder/api/latest/nodes/n1/applyPolicies",
        "/rudder/api/latest"
      })
  void answers404ForPathsThatDoNotExist(String path) throws Exception {
    HttpResponse<String> answer = webapp.send(post(path));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"result\":\"error\"", "Not Found: POST " + path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|application/json; charset=utf-8|''",
        "''|application/x-www-form-urlencoded|''",
        "{}|application/json|''",
        "null|application/json|''",
        "{\"classes\":[]}|application/json|''",
        "{\"classes\":[\"a\",\"b\"]}|application/json|a,b",
        "{\"conditions\":[\"a\"],\"classes\":[\"b\"]}|application/json|a",
        "{\"classes\":[\"a\"],\"other\":1}|application/json; charset=utf-8|a",
        "classes=a&classes=b|application/x-www-form-urlencoded|a,b",
        "classes=a,b|application/x-www-form-urlencoded|a,b",
        "classes=|application/x-www-form-urlencoded|''",
        "conditions=a&classes=b|application/x-www-form-urlencoded;charset=UTF-8|a",
      })
  void takesConditionsFromTheBody(String body, String type, String conditions) throws Exception {
    Ran ran =
        run(webapp.trigger("").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
    assertThat(ran.conditions()).isEqualTo(conditions);
  }

  @ParameterizedTest
  @CsvSource({"'?classes=a&classes=b','a,b'", "'?classes=a,b','a,b'", "'?conditions=a',a"})
  void takesConditionsFromTheQuery(String query, String conditions) throws Exception {
    assertThat(run(webapp.trigger(query)).conditions()).isEqualTo(conditions);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"classes\":[\"a~1\"]}|application/json|"
            + "invalid condition: a~1, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "{\"classes\":[\"a\\n\"]}|application/json|"
            + "invalid condition: a?, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "{\"classes\":[null]}|application/json|" + "invalid condition: null, should be a text",
        "{\"classes\":\"a\"}|application/json|"
            + "the body should be JSON like {\\\"classes\\\":[\\\"force_inventory\\\"]}",
        "{\"classes\":[|application/json|"
            + "the body should be JSON like {\\\"classes\\\":[\\\"force_inventory\\\"]}",
        "[]|application/json|"
            + "the body should be JSON like {\\\"classes\\\":[\\\"force_inventory\\\"]}",
        "classes=a%2Cb~|application/x-www-form-urlencoded|"
            + "invalid condition: b~, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
      })
  void answers400ForMalformedConditions(String body, String type, String details) throws Exception {
    HttpResponse<String> answer =
        webapp.send(
            webapp.trigger("").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "{\"action\":\"applyPolicy\",\"result\":\"error\",\"errorDetails\":\""
                + details
                + "\"}");
    assertThat(relay.wasAsked()).isFalse();
  }

  @Test
  void answers415ForABodyOfAnotherKind() throws Exception {
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .trigger("")
                .header("Content-Type", "text/xml")
                .POST(BodyPublishers.ofString("<a/>")));
    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.body()).contains("the body should be JSON or a form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/x-www-form-urlencoded"})
  void answers413ForABodyThatIsTooLarge(String type) throws Exception {
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .trigger("")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString("classes=" + "a".repeat(70_000))));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("\"errorDetails\":\"the body is too large\"");
  }

  @ParameterizedTest
  @CsvSource({"Accept,a/b/c", "Accept,;", "Content-Type,nothing"})
  void answers400ForMalformedHeaders(String name, String value) throws Exception {
    HttpResponse<String> answer =
        webapp.send(webapp.trigger("").header(name, value).POST(BodyPublishers.ofString("{}")));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"errorDetails\":\"malformed header: ");
    assertThat(relay.wasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classes=%zz", "classes=%", "%=a", "classes=a%00", "classes=%ff"})
  void answers400ForMalformedForms(String form) throws Exception {
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .trigger("")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"action\":\"applyPolicy\"");
    assertThat(relay.wasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"classes=%zz", "classes=%", "classes=a%00", "classes=%ff", "classes=\u00e9"})
  void answers400ForMalformedQueries(String query) throws Exception {
    String answer =
        RawHttp.exchange(
            webapp.url(),
            "POST /rudder/api/nodes/n1/applyPolicy?"
                + query
                + " HTTP/1.1\r\nHost: x\r\nX-API-Token: "
                + webapp.token()
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ");
    assertThat(relay.wasAsked()).isFalse();
  }

  @Test
  void answers404ForANodeThatNoRelayKnows() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
    relay.asked().says(failed(RunFailure.Kind.UNKNOWN_NODE, "relay root", "unknown")).end();
    assertThat(answer.get().statusCode()).isEqualTo(404);
    assertThat(contentType(answer.get())).isEqualTo("application/json");
    assertThat(answer.get().headers().firstValue("X-Run-Id")).isPresent();
    assertThat(text(answer.get()))
        .isEqualTo(
            "{\"action\":\"applyPolicy\",\"result\":\"error\","
                + "\"errorDetails\":\"Node with id 'n1' was not found\"}");
  }

  @Test
  void answers404ForATextThatIsNoNodeId() throws Exception {
    HttpResponse<String> answer =
        webapp.send(post("/rudder/api/latest/nodes/-f%20%7F/applyPolicy"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("Node with id '-f ?' was not found");
  }

  @ParameterizedTest
  @CsvSource({
    "NO_ROUTE,502",
    "UNREACHABLE,502",
    "WRONG_KEY,502",
    "REFUSED,403",
    "TIMEOUT,504",
    "AGENT,500",
    "OVERLOADED,503"
  })
  void saysAFailureBeforeAnyOutputByItsStatus(RunFailure.Kind kind, int status) throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
    relay.asked().says(started()).says(failed(kind, "node n1", "it went wrong")).end();
    assertThat(answer.get().statusCode()).isEqualTo(status);
    assertThat(text(answer.get())).contains("\"errorDetails\":\"node n1: it went wrong (");
  }

  @Test
  void answers502WhenTheRelayRefuses() throws Exception {
    relay.refuseWith(500);
    HttpResponse<String> answer = webapp.send(webapp.trigger(""));
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("webapp: relay root at 127.0.0.1", "HTTP status 500");
  }

  @Test
  void indentsEnvelopesWhereItIsAskedTo() throws Exception {
    HttpResponse<String> answer = webapp.send(webapp.trigger("?classes=~&prettify=true"));
    assertThat(answer.body()).startsWith("{\n  \"action\" : \"applyPolicy\",\n");
  }

  @Test
  void goesOnWithTheRunWhenTheClientLeaves() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.webapp")) {
      CompletableFuture<HttpResponse<InputStream>> answer = sendAsync(webapp.trigger(""));
      ScriptedRelay.Asked asked = relay.asked().says(output("first\n"));
      answer.get().body().close();
      asked.says(output("second\n")).says(finished(5)).end();
      log.await("run " + asked.header("X-Run-Id"), "exit status 5");
    }
  }

  /** Otherwise it would wait for ever: it is in the database, and nobody has begun it. */
  @Test
  void beginsTheRunAlsoWhenTheClientLeavesBeforeItIsWrittenDown() throws Exception {
    CompletableFuture<Void> held = new CompletableFuture<>();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    Thread holder = Thread.ofVirtual().start(() -> holdAudit(held, goOn));
    try (CapturedLog log = CapturedLog.of("remote-run.webapp")) {
      held.get(20, TimeUnit.SECONDS);
      try (Socket client = new Socket(webapp.url().getHost(), webapp.url().getPort())) {
        client.setSoLinger(true, 0);
        String request =
            "POST /rudder/api/latest/nodes/n1/applyPolicy HTTP/1.1\r\nHost: x\r\n"
                + "Content-Length: 0\r\nX-API-Token: %s\r\n\r\n".formatted(webapp.token());
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        log.await("of node n1 with conditions [] asked for by system");
      }
      // Until these are answered, it is seen that the other one has left.
      for (int request = 0; request < 10; request++) {
        assertThat(webapp.send(webapp.api("nodes")).statusCode()).isEqualTo(200);
      }
      goOn.complete(null);

      ScriptedRelay.Asked asked = relay.asked();
      asked.says(finished(5)).end();
      log.await("run " + asked.header("X-Run-Id"), "exit status 5");
    } finally {
      goOn.complete(null);
      holder.join();
    }
  }

  private static void holdAudit(CompletableFuture<Void> held, CompletableFuture<Void> goOn) {
    Integer row =
        webapp
            .bean(Database.class)
            .now(
                jdbc -> {
                  String lock = "select id from audit_head where id = 1 for update";
                  Integer id = jdbc.sql(lock).query(Integer.class).single();
                  held.complete(null);
                  goOn.join();
                  return id;
                });
    assertThat(row).isOne();
  }

  @Test
  void logsWhoTriggersWhatBeforeItDoes() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.webapp")) {
      Ran ran = run(webapp.trigger("?classes=a,b"));
      assertThat(log.lines().getFirst())
          .matches(
              "INFO run "
                  + ran.asked().header("X-Run-Id")
                  + " of node n1 with conditions \\[a, b] asked for by system"
                  + " from 127.0.0.1:\\d+");
    }
  }

  private record Ran(ScriptedRelay.Asked asked, HttpResponse<String> answer) {
    String conditions() {
      return Stream.of(asked.form().split("&"))
          .filter(field -> field.startsWith("classes="))
          .map(field -> field.substring("classes=".length()).replace("%2C", ","))
          .findFirst()
          .orElse("");
    }
  }

  /** Sends, and lets the agent print OK and end well. */
  private static Ran run(HttpRequest.Builder request) throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        webapp.sendAsync(request, BodyHandlers.ofString());
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(started()).says(output("OK\n")).says(finished(0)).end();
    return new Ran(asked, answer.get(20, TimeUnit.SECONDS));
  }

  private static HttpRequest.Builder post(String path) {
    return webapp.request(path).header("X-API-Token", webapp.token()).POST(BodyPublishers.noBody());
  }

  private static CompletableFuture<HttpResponse<InputStream>> sendAsync(
      HttpRequest.Builder request) {
    return webapp.sendAsync(request, BodyHandlers.ofInputStream());
  }

  private static BufferedReader lines(CompletableFuture<HttpResponse<InputStream>> answer)
      throws Exception {
    return new BufferedReader(
        new InputStreamReader(answer.get(20, TimeUnit.SECONDS).body(), StandardCharsets.UTF_8));
  }

  private static String text(HttpResponse<InputStream> answer) throws IOException {
    try (InputStream body = answer.body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String contentType(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  private static RunEvent started() {
    return new RunEvent.Started(NODE, "agent run");
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(NODE, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(int code) {
    return new RunEvent.Finished(NODE, ExitStatus.code(code));
  }

  private static RunEvent failed(RunFailure.Kind kind, String hop, String reason) {
    return new RunEvent.Failed(NODE, new RunFailure(kind, hop, reason));
  }
}
