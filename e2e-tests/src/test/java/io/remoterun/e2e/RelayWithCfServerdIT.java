package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.check.CheckJson;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our relay, asked over HTTP, triggers an agent at the real cf-serverd. */
@NeedsProgram({"cf-serverd", "cf-runagent"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayWithCfServerdIT {
  private static final String NODE = "n1";

  /** As the node list sees it, the same machine; but it should have another key. */
  private static final String REINSTALLED = "n2";

  private static final KeyHash KEY_BEFORE = KeyHash.of(TestKeys.of("before").publicKey());

  private TestHost relayHost;
  private RealCfRunagent runagent;
  private CfengineHost nodeHost;
  private RealCfServerd cfServerd;
  private OurRelay relay;

  @BeforeAll
  void startsBoth(@TempDir Path temporary) throws IOException {
    relayHost = TestHost.make(temporary, "relay");
    // On the same host, with the same key.
    runagent = RealCfRunagent.on(CfengineHost.on(relayHost));
    nodeHost = CfengineHost.on(TestHost.make(temporary, "node"));
    cfServerd = RealCfServerd.start(nodeHost, agent(""), relayHost, "class.*");
    relay =
        OurRelay.start(
            relayHost,
            new OurRelay.Node(NODE, cfServerd.port(), nodeHost.keys().hash()),
            new OurRelay.Node(REINSTALLED, cfServerd.port(), KEY_BEFORE));
  }

  @AfterAll
  void endsBoth() throws IOException {
    relay.close();
    cfServerd.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo one; echo two",
        "echo failed; exit 3",
        "exit 255",
        "echo \"classes: $*\"",
        "echo; echo '  indented'; echo; echo to stderr >&2",
        "printf 'tab\\there\\r\\n\\351 no UTF-8\\n'",
        "printf 'no line feed at the end'",
        "echo '> looks like output'; echo '(exit code: 9)'; echo 'BAD: not really'; exit 1",
        "head -c 4083 /dev/zero | tr '\\0' x; echo; echo after",
        "true"
      })
  void passesOnWhatCfRunagentWouldPrint(String body) throws IOException {
    agent(body);
    RealCfRunagent.Result expected =
        runagent.trigger(cfServerd.port(), nodeHost.keys(), "class1", "class2");
    List<RunEvent> events = relay.trigger(NODE, "class1", "class2");

    assertThat(expected.lines().getFirst()).startsWith("127.0.0.1> cf-serverd executing");
    assertThat(events.getFirst()).isInstanceOf(RunEvent.Started.class);
    assertThat(output(events).lines()).containsExactlyElementsOf(agentsLines(expected));
    assertThat(events.getLast())
        .isEqualTo(new RunEvent.Finished(new NodeId(NODE), ExitStatus.code(expected.exitCode())));
  }

  @Test
  void givesAClientOfRudderTheBytesOfTheAgent() throws Exception {
    agent("echo \"classes: $*\"; printf '\\351 no UTF-8\\n'");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(relay.url() + "/remote-run/nodes/" + NODE))
            .header("Authorization", "Bearer " + relay.token())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("keep_output=true&classes=class1,class2"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(new String(response.body(), ISO_8859_1))
          .isEqualTo("classes: -D class1,class2\n\u00e9 no UTF-8\n");
    }
  }

  /** cf-serverd does not say how it ended, as it does of all others. */
  @Test
  void takesAKilledAgentForAFailedOne() throws IOException {
    agent("echo begin; kill -9 $$");
    List<RunEvent> events = relay.trigger(NODE);

    assertThat(output(events)).isEqualTo("begin\n");
    assertThat(events.getLast())
        .isEqualTo(new RunEvent.Finished(new NodeId(NODE), new ExitStatus.Killed()));
  }

  @Test
  void checksTheWayUpToTheAgentAndRunsNothing() throws Exception {
    agent("touch ran");
    List<CheckStep> steps =
        CheckJson.decode(relay.post("/remote-run/nodes/" + NODE + "/check", "").body());

    assertThat(steps.subList(0, steps.size() - 1))
        .extracting(CheckStep::state)
        .containsOnly(CheckStep.State.OK);
    assertThat(steps.get(steps.size() - 2).step()).isEqualTo(CheckStep.Step.ACCESS);
    assertThat(steps.getLast())
        .extracting(CheckStep::step, CheckStep::state)
        .containsExactly(CheckStep.Step.AGENT, CheckStep.State.UNKNOWN);
    assertThat(steps.getLast().words()).contains("is CFEngine's server");
    assertThat(nodeHost.keys().folder().resolve("ran")).doesNotExist();
  }

  @Test
  void tellsWhatTheNodeRefuses() throws IOException {
    agent("echo ran");
    RunFailure failure = failure(relay.trigger(NODE, "other"));

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure.toString()).contains("node " + NODE, "EXEC denied role activation");
    relay.log().await("WARN", "node " + NODE, "EXEC denied role activation");
  }

  @Test
  void refusesANodeWithAnotherKeyAndSaysWhy() throws IOException {
    agent("touch ran; echo ran");
    RunFailure failure = failure(relay.trigger(REINSTALLED));

    assertThat(failure.kind()).isEqualTo(Kind.WRONG_KEY);
    assertThat(failure.hop()).isEqualTo("relay root");
    String presented = nodeHost.keys().hash().toString();
    relay.log().await("WARN", "node " + REINSTALLED, presented, KEY_BEFORE.toString());
    assertThat(nodeHost.keys().folder().resolve("ran")).doesNotExist();
  }

  @Test
  void tellsThatTheNodeDoesNotKnowItsKey(@TempDir Path temporary) throws IOException {
    agent("echo ran");
    OurRelay.Node node = new OurRelay.Node(NODE, cfServerd.port(), nodeHost.keys().hash());
    try (OurRelay stranger = OurRelay.start(TestHost.make(temporary, "stranger"), node)) {
      RunFailure failure = failure(stranger.trigger(NODE));

      assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
      assertThat(failure.toString()).contains("relay root", "does not admit this relay's key");
      stranger.log().await("WARN", "node " + NODE, "does not admit this relay's key");
    }
  }

  private Path agent(String body) throws IOException {
    return nodeHost.script("agent", body + "\n");
  }

  private static RunFailure failure(List<RunEvent> events) {
    assertThat(events).singleElement().isInstanceOf(RunEvent.Failed.class);
    return ((RunEvent.Failed) events.getFirst()).failure();
  }

  /** Bytes as characters. */
  private static String output(List<RunEvent> events) {
    return events.stream()
        .flatMap(
            event ->
                event instanceof RunEvent.Output output
                    ? Stream.of(new String(output.bytes().toByteArray(), ISO_8859_1))
                    : Stream.empty())
        .collect(Collectors.joining());
  }

  private static List<String> agentsLines(RealCfRunagent.Result result) {
    String prefix = "127.0.0.1> -> ";
    return result.lines().stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }
}
