package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static io.remoterun.relay.ScriptedTransport.output;
import static io.remoterun.relay.ScriptedTransport.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The relay's HTTP API, as a client sees it that knows only Rudder's. */
@Timeout(30)
class RelayApiTest {
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
            .with("runs.output", "1MB")
            .start();
    http = new Http();
  }

  @AfterEach
  void stop() {
    http.close();
    relay.close();
  }

  @Test
  void aRunOnOneNodeIsItsOutput() throws Exception {
    HttpResponse<String> response =
        post("/remote-run/nodes/n1", "keep_output=true&conditions=a,b_1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("n1: OK [a, b_1]\n");
    assertThat(response.headers().firstValue("Content-Type")).contains("text/plain;charset=UTF-8");
    assertThat(response.headers().firstValue("X-Run-Id")).isPresent();
  }

  @Test
  void theIdIsPercentDecodedAndThePathNeedsNoVersion() throws Exception {
    URI unversioned = URI.create(relay.url().toString().replace("/relay-api/1", "/relay-api"));
    assertThat(http.post(unversioned, "/remote-run/nodes/%6e1", "keep_output=true").body())
        .isEqualTo("n1: OK []\n");
    assertThat(post("/remote-run/nodes/n1%2Fx", "").statusCode()).isEqualTo(400);
    assertThat(post("/remote-run/nodes/n1%0A", "").body()).isEqualTo("invalid node id: n1?");
  }

  @Test
  void aRunOnSeveralNodesOrAllIsWhatTheyAllPrint() throws Exception {
    assertThat(post("/remote-run/nodes", "keep_output=true&nodes=n1,n2,n1").body())
        .isEqualTo("n1: OK []\nn2: OK []\n");
    assertThat(post("/remote-run/all", "keep_output=true&classes=c").body())
        .isEqualTo("root: OK [c]\nn1: OK [c]\nn2: OK [c]\n");
  }

  @Test
  void theRunIdOfTheCallerIsKept() throws Exception {
    String id = "0b4e9d8e-6f4e-4e0b-9d0e-2f7a3f1c9d11";
    HttpResponse<String> response =
        http.post(relay.url(), "/remote-run/nodes/n1", "", Map.of("X-Run-Id", id));
    assertThat(response.headers().firstValue("X-Run-Id")).contains(id);

    assertThat(http.post(relay.url(), "/remote-run/nodes/n1", "", Map.of("X-Run-Id", "1")).body())
        .isEqualTo("invalid run id: 1, should be a UUID");
  }

  @Test
  void theOutputIsATableForWhoAsksForOne() throws Exception {
    relay
        .nodes()
        .script(
            "n1",
            Flux.just(
                output("n1", "R: @@T@@result_error@@r@@d@@0@@c@@k@@2026##n@#bad\n"),
                finished("n1", 0)));

    assertThat(post("/remote-run/nodes/n1", "keep_output=true&format=table").body())
        .contains("E error         T                         c  ", "\nSummary\n", "1 node, ");
    assertThat(post("/remote-run/nodes/n1", "format=table").body()).isEmpty();
    assertThat(post("/remote-run/nodes/n1", "keep_output=true&format=pretty").body())
        .isEqualTo("invalid format: pretty, should be raw, rudder or table");
  }

  @Test
  void withoutKeepOutputTheAnswerIsEmptyWhenTheRunHasEnded() throws Exception {
    Sinks.Many<RunEvent> node = relay.nodes().control("n1");
    node.tryEmitNext(started("n1"));
    node.tryEmitNext(output("n1", "not kept\n"));
    node.tryEmitNext(finished("n1", 0));

    HttpResponse<String> response = post("/remote-run/nodes/n1", "");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void asynchronousWithoutOutputAnswersAtOnceAndTheRunGoesOn() throws Exception {
    Sinks.Many<RunEvent> node = relay.nodes().control("n1");
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      HttpResponse<String> response = post("/remote-run/nodes/n1", "asynchronous=true");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();

      node.tryEmitNext(finished("n1", 3));
      log.await("node n1: exit status 3");
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void outputIsStreamedLineByLine(boolean asynchronous) throws Exception {
    Sinks.Many<RunEvent> node = relay.nodes().control("n1");
    node.tryEmitNext(output("n1", "first\n"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(relay.url() + "/remote-run/nodes/n1"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "keep_output=true&asynchronous=" + asynchronous))
            .build();
    try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient();
        InputStream body = client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("first");
      node.tryEmitNext(output("n1", "second\n"));
      assertThat(lines.readLine()).isEqualTo("second");
      node.tryEmitNext(finished("n1", 0));
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void linesOfTwoNodesAreNotMixed() throws Exception {
    relay
        .nodes()
        .script("n1", Flux.just(output("n1", "1 "), output("n1", "one\n"), finished("n1", 0)));
    relay
        .nodes()
        .script("n2", Flux.just(output("n2", "2 "), output("n2", "two"), finished("n2", 4)));

    assertThat(post("/remote-run/nodes", "keep_output=true&nodes=n1,n2").body())
        .isEqualTo(
            """
            1 one
            2 two
            n2: error: node n2: agent ended with exit status 4
            summary: 2 nodes: 1 succeeded, 1 agent error
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "keep_output=true",
    "keep_output=false",
    "keep_output=true&asynchronous=true",
    "keep_output=false&asynchronous=true"
  })
  void anUnknownNodeIsNotFound(String form) throws Exception {
    HttpResponse<String> response = post("/remote-run/nodes/n9", form);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body())
        .isEqualTo(
            "n9: error: relay root: node n9 is not in the node list of this relay ("
                + Kind.UNKNOWN_NODE.advice()
                + ")\n");
  }

  @Test
  void ofSeveralNodesTheUnknownOneIsALine() throws Exception {
    HttpResponse<String> response = post("/remote-run/nodes", "keep_output=true&nodes=n9,n1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains("n9: error: relay root: node n9 is not in the node list", "n1: OK []\n");
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, 502",
    "WRONG_KEY, 502",
    "REFUSED, 403",
    "TIMEOUT, 504",
    "AGENT, 500",
    "OVERLOADED, 503"
  })
  void theStatusSaysWhyNoAgentRan(Kind kind, int status) throws Exception {
    RunFailure failure = new RunFailure(kind, "relay root", "as scripted");
    relay.nodes().script("n1", Flux.just(new RunEvent.Failed(new NodeId("n1"), failure)));

    for (String form : List.of("keep_output=true", "keep_output=false")) {
      HttpResponse<String> response = post("/remote-run/nodes/n1", form);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).isEqualTo("n1: error: " + failure + "\n");
    }
  }

  @Test
  void afterTheAgentHasStartedAFailureIsALineInTheStream() throws Exception {
    RunFailure failure = new RunFailure(Kind.INTERRUPTED, "relay root", "as scripted");
    relay
        .nodes()
        .script(
            "n1",
            Flux.just(
                started("n1"),
                output("n1", "half"),
                new RunEvent.Failed(new NodeId("n1"), failure)));

    HttpResponse<String> response = post("/remote-run/nodes/n1", "keep_output=true");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("half\nn1: error: " + failure + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nodes/n1|conditions=class~1|400|invalid condition: class~1, should match"
            + " ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "nodes/n1|conditions=a%0A|400|invalid condition: a?, should match"
            + " ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "nodes/n1|conditions=a%C3%A9|400|invalid condition: aé, should match"
            + " ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "all|classes=_a|400|invalid condition: _a, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "nodes/n1|conditions=a,|400|invalid condition: , should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$",
        "all|asynchronous=1|400|invalid asynchronous: 1, should be true or false",
        "nodes|classes=a|400|Missing nodes",
        "nodes|nodes=|400|Missing nodes",
        "all|keep_output=maybe|400|invalid keep_output: maybe, should be true or false",
        "nodes/n1/x||404|NOT FOUND",
        "nodes/||404|NOT FOUND",
        "everything||404|NOT FOUND",
      })
  void whatMakesNoSenseIsRefusedInTheKnownWords(String path, String form, int status, String words)
      throws Exception {
    HttpResponse<String> response = post("/remote-run/" + path, form == null ? "" : form);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(words);
    assertThat(relay.nodes().triggered()).isEmpty();
  }

  @Test
  void aConditionHasAtMost1024Characters() throws Exception {
    String most = "a".repeat(1024);
    assertThat(post("/remote-run/nodes/n1", "keep_output=true&conditions=" + most).body())
        .isEqualTo("n1: OK [" + most + "]\n");

    HttpResponse<String> more = post("/remote-run/nodes/n1", "conditions=" + most + "a");
    assertThat(more.statusCode()).isEqualTo(400);
    assertThat(more.body())
        .startsWith("invalid condition: aaa")
        .endsWith(", should have less then 1024 chars");
  }

  @Test
  void conditionsWinOverTheirOlderName() throws Exception {
    assertThat(post("/remote-run/nodes/n1", "keep_output=true&classes=old&conditions=new").body())
        .isEqualTo("n1: OK [new]\n");
    assertThat(post("/remote-run/nodes/n1", "keep_output=true&classes=old&conditions=").body())
        .isEqualTo("n1: OK []\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/",
    "/metrics/x",
    "/rudder",
    "/rudder/relay-api/2/remote-run/all",
    "/remote-run/all"
  })
  void aPathThatIsNoneIsNotFound(String path) throws Exception {
    HttpResponse<String> response = http.post(relay.url().resolve(path), "", "");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEqualTo("NOT FOUND");
  }

  @Test
  void onlyPostTriggers() throws Exception {
    for (String path : List.of("all", "nodes", "nodes/n1")) {
      HttpRequest get =
          HttpRequest.newBuilder(URI.create(relay.url() + "/remote-run/" + path)).GET().build();
      HttpResponse<String> response = http.send(get);
      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).contains("POST");
    }
  }

  @Test
  void aBodyIsLimitedAndItsLengthRequired() throws Exception {
    assertThat(raw("Content-Length: 1048577\r\n", "")).contains(" 413 ", "PAYLOAD TOO LARGE");
    assertThat(raw("", "")).contains(" 411 ", "LENGTH REQUIRED");
    assertThat(raw("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"))
        .contains(" 411 ", "LENGTH REQUIRED");
    assertThat(raw("Content-Length: 0\r\nContent-Type: application/json\r\n", ""))
        .contains(" 415 ");
    String most = "x".repeat((1 << 20) - 16);
    assertThat(post("/remote-run/nodes/n1", "keep_output=true&" + most.substring(1)).body())
        .isEqualTo("n1: OK []\n");
  }

  @ParameterizedTest
  @CsvSource({"/remote-run/nodes/%zz", "/remote-run/nodes/%ff", "/../../etc/passwd", "//"})
  void aStrangePathIsRefusedAndNothingBreaks(String path) throws Exception {
    String answer =
        rawRequest(
            "POST /rudder/relay-api/1"
                + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assertThat(answer).containsPattern("^HTTP/1.1 40[04] ");
  }

  @Test
  void aClientThatLeavesDoesNotStopTheRun() throws Exception {
    Sinks.Many<RunEvent> node = relay.nodes().control("n1");
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.url().getPort())) {
        ask(socket);
        Eventually.await(
            "the node is triggered",
            () -> relay.nodes().triggered().size() == 1,
            relay.nodes()::triggered);
      }
      node.tryEmitNext(output("n1", "nobody reads this\n"));
      node.tryEmitNext(finished("n1", 0));
      log.await("node n1: exit status 0");
      assertThat(relay.nodes().cancelled()).isEmpty();
    }
  }

  @Test
  void aSlowReaderHoldsNothingUpAndIsToldWhatItHasMissed() throws Exception {
    int pieces = 500;
    byte[] line = "x".repeat(64 << 10).getBytes(StandardCharsets.UTF_8);
    line[line.length - 1] = '\n';
    RunEvent piece = new RunEvent.Output(new NodeId("n1"), OutputBytes.copyOf(line));
    relay
        .nodes()
        .script(
            "n1", Flux.range(0, pieces).map(i -> piece).concatWith(Flux.just(finished("n1", 0))));
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root");
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.url().getPort())) {
      ask(socket);
      log.await("node n1: exit status 0");

      String answer = answer(socket);
      Matcher gap =
          Pattern.compile("n1: warning: ([0-9]+) bytes of output are missing here").matcher(answer);
      assertThat(gap.find()).isTrue();
      long read = answer.chars().filter(c -> c == 'x').count();
      long missing = Long.parseLong(gap.group(1)) / line.length * (line.length - 1);
      assertThat(read + missing).isEqualTo((long) pieces * (line.length - 1));
      assertThat(gap.find()).isFalse();
    }
  }

  private static void ask(Socket socket) throws IOException {
    String request =
        "POST /rudder/relay-api/1/remote-run/nodes/n1 HTTP/1.1\r\nHost: y\r\n"
            + "Connection: close\r\nContent-Length: 16\r\n\r\nkeep_output=true";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
  }

  /** The body, of which chunk sizes have no x. */
  private static String answer(Socket socket) throws IOException {
    String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return all.substring(all.indexOf("\r\n\r\n"));
  }

  @Test
  void theLogSaysWhoAskedForWhatAndWhatWasRefused() throws Exception {
    try (CapturedLog log = CapturedLog.of("remote-run.relay.root")) {
      post("/remote-run/nodes/n1", "conditions=a&keep_output=true");
      post("/remote-run/nodes/n1", "conditions=~");

      log.await("127.0.0.1:", "asks for nodes [n1] with conditions [a]", "keep_output=true");
      log.await(
          "WARN refused",
          "127.0.0.1:",
          "POST /rudder/relay-api/1/remote-run/nodes/n1: 400 invalid condition: ~");
    }
  }

  private HttpResponse<String> post(String path, String form) throws Exception {
    return http.post(relay.url(), path, form);
  }

  private String raw(String headers, String body) throws IOException {
    return rawRequest(
        "POST /rudder/relay-api/1/remote-run/all HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + headers
            + "\r\n"
            + body);
  }

  private String rawRequest(String request) throws IOException {
    return Http.raw(relay.url(), request);
  }
}
