package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** What is a condition is one for the webapp, the relay and the node alike. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameVerdictAtEveryHopIT {
  private TestHost relayHost;
  private OurNode node;
  private OurRelay relay;
  private ScriptedWebapp webapp;

  static Stream<Arguments> conditions() {
    return Stream.of(
        Arguments.of("a", true),
        Arguments.of("0_Z", true),
        Arguments.of("x".repeat(1024), true),
        Arguments.of("x".repeat(1025), false),
        Arguments.of("a\n", false),
        Arguments.of("a\r\n", false),
        Arguments.of("a\u0085", false),
        Arguments.of("a\u2028", false),
        Arguments.of("a\0b", false),
        Arguments.of("_a", false),
        Arguments.of("\u00e9", false),
        Arguments.of("\u0430", false),
        Arguments.of("a\u0660", false),
        Arguments.of("a b", false),
        Arguments.of("-f", false));
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    relayHost = TestHost.make(folder, "root");
    TestHost nodeHost = TestHost.make(folder, "node");
    Path agent = CfengineHost.on(nodeHost).script("agent.sh", "echo ran\n");
    node = OurNode.start(nodeHost, agent, relayHost, "remote-run.node.allow-conditions=(?s).*");
    relay = OurRelay.start(new RelaySettings(relayHost).own("node", node.port(), nodeHost.hash()));
    webapp = ScriptedWebapp.start(folder);
  }

  @AfterAll
  void stop() {
    webapp.close();
    relay.close();
    node.close();
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void theVerdictIsTheSame(String condition, boolean isOne) throws Exception {
    assertThat(List.of(webapp(condition), relay(condition), node(condition)))
        .as("webapp, relay, node")
        .containsOnly(isOne);
  }

  private boolean webapp(String condition) throws Exception {
    String body = JsonMapper.shared().writeValueAsString(new Classes(List.of(condition)));
    try (HttpClient client = HttpClient.newHttpClient()) {
      CompletableFuture<Integer> status =
          client
              .sendAsync(
                  HttpRequest.newBuilder(
                          URI.create(webapp.url() + "/rudder/api/latest/nodes/n1/applyPolicy"))
                      .header("X-API-Token", webapp.token())
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  BodyHandlers.discarding())
              .thenApply(answer -> answer.statusCode());
      Eventually.await(
          "the webapp has answered or asked its relay",
          () -> status.isDone() || webapp.relay().wasAsked(),
          () -> status);
      boolean asked = webapp.relay().wasAsked();
      if (asked) {
        webapp.relay().asked().says(OpenPage.finished("n1", 0)).end();
      }
      assertThat(status.get() == 400).isEqualTo(!asked);
      return asked;
    }
  }

  private record Classes(List<String> classes) {}

  private boolean relay(String condition) throws Exception {
    String form =
        "keep_output=true&conditions=" + URLEncoder.encode(condition, StandardCharsets.UTF_8);
    var answer = relay.post("/remote-run/nodes/node", form);
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.statusCode() == 400) {
      assertThat(text).startsWith("invalid condition: ");
      return false;
    }
    assertThat(text).isEqualTo("ran\n");
    return true;
  }

  /** Asked by a relay that does not check what it sends. */
  private boolean node(String condition) throws Exception {
    try (Wire wire = Wire.connect(node.port(), relayHost.key())) {
      CfengineDialogue.identify(wire, CfengineHost.USER);
      CfengineDialogue.request(wire, "EXEC -D" + condition);
      List<String> answer = CfengineDialogue.hearAnswer(wire);
      boolean ran = answer.contains("> ran\n");
      assertThat(answer.getFirst().startsWith("EXEC denied: ")).isEqualTo(!ran);
      return ran;
    }
  }
}
