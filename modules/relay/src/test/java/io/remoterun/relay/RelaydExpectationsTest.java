package io.remoterun.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.TestKeys;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Sinks;

/** What the test of Rudder's relayd expects of its remote run, of ours with the same command. */
@Timeout(30)
class RelaydExpectationsTest {
  private static final String SUB = "37817c4d-fbf7-4850-a985-50021f4e8f41";
  private static final String BEHIND = "c745a140-40bc-4b86-b6dc-084488fc906b";
  private static final HostKey ROOT_KEY = TestKeys.of("root");
  private static final HostKey SUB_KEY = TestKeys.of(SUB);

  @TempDir private Path folder;
  private FakeAgent agent;
  private TestRelay sub;
  private TestRelay root;
  private HttpClient client;

  @BeforeEach
  void start() throws IOException {
    agent = FakeAgent.in(folder, "echo OK; await; echo END");
    sub =
        TestRelay.plan(folder, SUB)
            .node(SUB, "root")
            .node(BEHIND, SUB)
            .knowing("root", ROOT_KEY)
            .start();
    root =
        TestRelay.plan(folder, "root")
            .node("root", "root", "server.rudder.local")
            .node(SUB, "root", "node1.rudder.local")
            .node(BEHIND, SUB, "node2.rudder.local")
            .knowing(SUB, SUB_KEY)
            .reaching(SUB, sub.https())
            .with("transport", "command")
            .with("command.program", agent.program().toString())
            .with("command.sudo", "false")
            .withItsTransports()
            .start();
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    client.close();
    root.close();
    sub.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runsTheCommandOnTheHostWithTheClasses(boolean asynchronous) throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        post("nodes=root&classes=class2,class3&keep_output=true&asynchronous=" + asynchronous);
    agent.letGo();

    assertThat(soon(answer).statusCode()).isEqualTo(200);
    assertThat(soon(answer).body()).isEqualTo("OK\nEND\n");
    assertThat(agent.calls())
        .containsExactly(
            List.of("remote", "run", "-D", "class2,class3", "--", "server.rudder.local"));
  }

  @Test
  void runsLocallyWhatIsItsOwnAndSendsTheRestToItsRelay() throws Exception {
    Sinks.Many<RunEvent> remote = sub.nodes().control(BEHIND);
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      CompletableFuture<HttpResponse<String>> answer =
          post("nodes=root," + BEHIND + "&keep_output=true");
      agent.letGo();
      log.await("node root: exit status 0");
      remote.tryEmitNext(ScriptedTransport.output(BEHIND, "REMOTE\n"));
      remote.tryEmitNext(ScriptedTransport.finished(BEHIND, 0));

      assertThat(soon(answer).body()).isEqualTo("OK\nEND\nREMOTE\n");
    }
    assertThat(agent.calls())
        .containsExactly(List.of("remote", "run", "--", "server.rudder.local"));
    assertThat(sub.nodes().triggered()).containsExactly(new NodeId(BEHIND));
  }

  @Test
  void asynchronousWithOutputIsStreamedLineByLine() throws Exception {
    HttpResponse<InputStream> answer =
        client.send(
            request("nodes=root&keep_output=true&asynchronous=true"),
            HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader body =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      assertThat(body.readLine()).isEqualTo("OK");
      agent.letGo();
      assertThat(body.readLine()).isEqualTo("END");
      assertThat(body.readLine()).isNull();
    }
  }

  @Test
  void asynchronousWithoutOutputIsAnsweredAtOnceAndTheRunGoesOn() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      HttpResponse<String> answer = soon(post("nodes=root&asynchronous=true"));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();

      agent.letGo();
      log.await("node root: exit status 0");
    }
  }

  @Test
  void neitherIsAnEmptyAnswerWhenTheRunHasEnded() throws Exception {
    CompletableFuture<HttpResponse<String>> answer = post("nodes=root");
    agent.letGo(() -> assertThat(answer).isNotDone());

    assertThat(soon(answer).statusCode()).isEqualTo(200);
    assertThat(soon(answer).body()).isEmpty();
  }

  private CompletableFuture<HttpResponse<String>> post(String form) {
    return client.sendAsync(request(form), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String form) {
    return HttpRequest.newBuilder(URI.create(root.url() + "/remote-run/nodes"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .build();
  }

  private static <T> T soon(CompletableFuture<T> answer) throws Exception {
    return answer.get(10, TimeUnit.SECONDS);
  }
}
