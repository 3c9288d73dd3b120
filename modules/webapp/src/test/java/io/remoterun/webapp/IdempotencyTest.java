package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same request twice is one run, and the audit log says so. */
@Timeout(60)
@NullUnmarked
class IdempotencyTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final String ONE = "{\"targets\":{\"nodes\":[\"n1\"]}}";
  private static final String OTHER = "{\"targets\":{\"nodes\":[\"root\"]}}";

  @TempDir Path folder;
  private ScriptedRelay relay;
  private RunningWebapp webapp;

  @BeforeEach
  void start() throws IOException {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url());
  }

  @AfterEach
  void stop() {
    webapp.close();
    relay.close();
  }

  @Test
  void aRepeatIsWrittenDownAsOneAndBeginsNothing() throws Exception {
    HttpResponse<String> first = start(ONE, webapp.token());
    finish();
    HttpResponse<String> second = start(ONE, webapp.token());
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(id(second)).isEqualTo(id(first));
    assertThat(relay.wasAsked()).isFalse();
    assertThat(audit("action=trigger"))
        .extracting(
            entry -> entry.path("run").asString(), entry -> entry.path("decision").asString())
        .containsOnly(tuple(id(first), "allowed"));
    assertThat(audit("action=trigger"))
        .extracting(entry -> entry.path("details").asString())
        .containsExactly(
            "nothing begins: its Idempotency-Key is that of this run",
            "node n1 with conditions [], deadline PT2H, stop after never; 1 node with SHA-256 "
                + "2cf0ed7c689654b3c4d8f0b036d11764fb7164f5270fe613aeb8bc41b36b3aed: n1");
  }

  @Test
  void anotherRequestWithTheKeyIsRefused() throws Exception {
    HttpResponse<String> first = start(ONE, webapp.token());
    finish();
    HttpResponse<String> other = start(OTHER, webapp.token());
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("was given with another request, run " + id(first));
    assertThat(relay.wasAsked()).isFalse();
    assertThat(audit("action=trigger&decision=allowed")).hasSize(1);
    assertThat(audit("action=trigger&decision=refused")).hasSize(1);
  }

  @Test
  void theKeysOfAnotherAccountAreItsOwn() throws Exception {
    HttpResponse<String> account =
        webapp.send(
            webapp
                .api("remote-run-accounts")
                .POST(
                    BodyPublishers.ofString(
                        "{\"name\":\"other\",\"rights\":{\"run:trigger\":\"all\"}}")));
    HttpResponse<String> mine = start(ONE, webapp.token());
    finish();
    HttpResponse<String> others = start(ONE, json(account).path("token").asString());
    finish();
    assertThat(others.headers().firstValue("X-Run-Id"))
        .isPresent()
        .isNotEqualTo(mine.headers().firstValue("X-Run-Id"));
  }

  @Test
  void ofManyAtOnceOneBegins() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> all =
        IntStream.range(0, 8)
            .mapToObj(i -> webapp.sendAsync(request(ONE, webapp.token()), BodyHandlers.ofString()))
            .toList();
    finish();
    Set<String> ids = new HashSet<>();
    for (CompletableFuture<HttpResponse<String>> answer : all) {
      assertThat(answer.get().statusCode()).isEqualTo(202);
      ids.add(id(answer.get()));
    }
    assertThat(ids).hasSize(1);
    assertThat(relay.wasAsked()).isFalse();
    Set<String> notBegun = new HashSet<>();
    audit("action=trigger&decision=refused")
        .forEach(entry -> notBegun.add(entry.path("run").asString()));
    Set<String> allowed = new HashSet<>();
    audit("action=trigger&decision=allowed")
        .forEach(entry -> allowed.add(entry.path("run").asString()));
    allowed.removeAll(notBegun);
    assertThat(allowed).as("what the log says has begun").isEqualTo(ids);
  }

  private void finish() throws InterruptedException {
    relay.asked().says(new RunEvent.Finished(N1, ExitStatus.code(0))).end();
  }

  private HttpRequest.Builder request(String body, String token) {
    return webapp
        .request("/rudder/api/latest/remote-runs")
        .header("X-API-Token", token)
        .header("Idempotency-Key", "deploy-42")
        .POST(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> start(String body, String token) throws Exception {
    return webapp.send(request(body, token));
  }

  private List<JsonNode> audit(String query) throws Exception {
    JsonNode entries =
        json(webapp.send(webapp.api("remote-run-audit?perPage=100&" + query))).path("entries");
    return StreamSupport.stream(entries.spliterator(), false).toList();
  }

  private static String id(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Run-Id").orElseThrow();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("data");
  }
}
