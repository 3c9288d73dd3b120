package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.check.CheckStep.State;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestKeys;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against nodes that do what a script says. */
class CfengineCheckTest {
  private static final HostKey RELAY = TestKeys.of("relay");
  private static final HostKey NODE = TestKeys.of("node");
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void cfServerdThatIsWellIsGreetedAndAskedForNothing() throws Exception {
    CompletableFuture<Integer> heard = new CompletableFuture<>();
    List<CheckStep> steps =
        check(
            wire -> {
              assertThat(CfengineDialogue.welcome(wire).getLast())
                  .startsWith("IDENTITY USERNAME=root");
              heard.complete(wire.awaitClose().length);
            });

    assertThat(steps)
        .extracting(CheckStep::step)
        .containsExactly(Step.RESOLVE, Step.CONNECT, Step.TLS, Step.KEY, Step.ACCESS, Step.AGENT);
    assertThat(steps.subList(0, 5)).extracting(CheckStep::state).containsOnly(State.OK);
    assertThat(steps.getLast().state()).isEqualTo(State.UNKNOWN);
    assertThat(steps.getLast().words()).contains("CFEngine's server");
    assertThat(steps.get(0).words()).contains("localhost:", "127.0.0.1");
    assertThat(steps.get(3).words()).contains(KeyHash.of(NODE.publicKey()).toString());
    assertThat(heard.get()).as("bytes after the welcome").isZero();
  }

  @Test
  void aNodeOfOursTellsWhetherItsAgentCanStart() throws Exception {
    List<CheckStep> steps = check(oursSaying("CHECK ready: can start its agent"));

    assertThat(steps).extracting(CheckStep::state).containsOnly(State.OK);
    assertThat(steps.getLast())
        .extracting(CheckStep::hop, CheckStep::step, CheckStep::words, CheckStep::advice)
        .containsExactly("node n1", Step.AGENT, "can start its agent", "");
  }

  @ParameterizedTest
  @CsvSource({
    "CHECK busy: two runs, two runs, try again",
    "CHECK disabled: there is /f, there is /f, remove that file",
    "CHECK unstartable: no /a, no /a, agent.command"
  })
  void aNodeOfOursTellsWhyItsAgentCannotStart(String said, String words, String advice)
      throws Exception {
    List<CheckStep> steps = check(oursSaying(said));

    assertThat(steps.subList(0, steps.size() - 1))
        .extracting(CheckStep::state)
        .containsOnly(State.OK);
    CheckStep agent = steps.getLast();
    assertThat(agent.step()).isEqualTo(Step.AGENT);
    assertThat(agent.state()).isEqualTo(State.FAILED);
    assertThat(agent.words()).isEqualTo(words);
    assertThat(agent.advice()).contains(advice);
  }

  @Test
  void aNodeOfOursThatDoesNotLetTheUserRunTheAgent() throws Exception {
    List<CheckStep> steps = check(oursSaying("EXEC denied: user root is not in allow-users"));

    assertThat(steps).last().extracting(CheckStep::step).isEqualTo(Step.ACCESS);
    assertThat(steps.getLast().state()).isEqualTo(State.FAILED);
    assertThat(steps.getLast().hop()).isEqualTo("node n1");
    assertThat(steps.getLast().words()).contains("user root is not in allow-users");
    assertThat(steps.getLast().advice()).isEqualTo(Kind.REFUSED.advice());
  }

  @Test
  void aNodeOfOursThatIsOlderKnowsNoChecks() throws Exception {
    List<CheckStep> steps = check(oursSaying("BAD: this node runs its agent and does nothing"));

    assertThat(steps.get(4))
        .extracting(CheckStep::step, CheckStep::state)
        .containsExactly(Step.ACCESS, State.OK);
    assertThat(steps.getLast())
        .extracting(CheckStep::step, CheckStep::state)
        .containsExactly(Step.AGENT, State.UNKNOWN);
    assertThat(steps.getLast().words()).contains("knows no checks: update it");
  }

  @Test
  void aNodeOfOursThatDoesNotAnswerTheCheck() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.tls(
            NODE,
            wire -> {
              welcomeAsOurs(wire);
              wire.awaitClose();
            })) {
      Duration soon = Duration.ofMillis(500);
      var deadlines = new CfengineTransport.Deadlines(LONG, LONG, soon, LONG, LONG, LONG);
      List<CheckStep> steps = check(deadlines, node(NODE), localhost(server.port()));

      assertThat(steps.getLast().step()).isEqualTo(Step.AGENT);
      assertFailed(steps, Kind.TIMEOUT, "its answer to CHECK");
    }
  }

  private static ScriptedServer.Script oursSaying(String answer) {
    return wire -> {
      welcomeAsOurs(wire);
      assertThat(wire.readFrame().text()).isEqualTo("CHECK");
      wire.sendFrame('t', answer);
      CfengineDialogue.end(wire);
      assertThat(wire.awaitClose()).as("what is asked for after the check").isEmpty();
    };
  }

  private static void welcomeAsOurs(Wire wire) throws IOException {
    wire.send("CFE_v2 remote-run\n");
    wire.readLine();
    assertThat(wire.readLine()).contains("REMOTE_RUN=1");
    wire.send("OK WELCOME USERNAME=root REMOTE_RUN=1\n");
  }

  @Test
  void aPortWhereNobodyListens() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    List<CheckStep> steps = check(node(NODE), localhost(port));

    assertThat(steps).extracting(CheckStep::step).containsExactly(Step.RESOLVE, Step.CONNECT);
    assertFailed(steps, Kind.UNREACHABLE, "Connection refused");
  }

  @Test
  void aNameThatDoesNotResolve() {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no-such-host.invalid", 5309);
    List<CheckStep> steps = check(node(NODE), nowhere);

    assertThat(steps).extracting(CheckStep::step).containsExactly(Step.RESOLVE);
    assertFailed(steps, Kind.UNREACHABLE, "no-such-host.invalid:5309: the name does not resolve");
  }

  @Test
  void aServiceThatSpeaksNoTls() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.plain(
            wire -> {
              wire.send("SSH-2.0-OpenSSH_9.2\r\n");
              wire.awaitClose();
            })) {
      List<CheckStep> steps = check(node(NODE), localhost(server.port()));

      assertThat(steps)
          .extracting(CheckStep::step)
          .containsExactly(Step.RESOLVE, Step.CONNECT, Step.TLS);
      assertFailed(steps, Kind.TLS, "no TLS");
    }
  }

  @Test
  void anotherKeyThanTheOneOfTheNodeList() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(TestKeys.of("other"), Wire::awaitClose)) {
      List<CheckStep> steps = check(node(NODE), localhost(server.port()));

      assertThat(steps)
          .extracting(CheckStep::step)
          .containsExactly(Step.RESOLVE, Step.CONNECT, Step.TLS, Step.KEY);
      assertFailed(steps, Kind.WRONG_KEY, "expected " + KeyHash.of(NODE.publicKey()));
    }
  }

  @Test
  void noKeyAtAllInTheNodeList() {
    NodeEntry unknown = new NodeEntry(new NodeId("n1"), "localhost", Optional.empty(), NodeId.ROOT);
    List<CheckStep> steps = check(unknown, localhost(1));

    assertThat(steps).extracting(CheckStep::step).containsExactly(Step.KEY);
    assertFailed(steps, Kind.WRONG_KEY, "no key is known for node n1");
  }

  @Test
  void aNodeThatDoesNotKnowTheRelay() throws Exception {
    // As cf-serverd does: not a word.
    List<CheckStep> steps = check(wire -> wire.send("CFE_v3 cf-serverd 3.21.0\n"));

    assertThat(steps)
        .extracting(CheckStep::step)
        .containsExactly(Step.RESOLVE, Step.CONNECT, Step.TLS, Step.KEY, Step.ACCESS);
    assertFailed(steps, Kind.REFUSED, "does not admit this relay's key");
  }

  @Test
  void aNodeThatSaysNothing() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(NODE, Wire::awaitClose)) {
      Duration soon = Duration.ofMillis(300);
      var deadlines = new CfengineTransport.Deadlines(LONG, LONG, soon, LONG, LONG, LONG);
      List<CheckStep> steps = check(deadlines, node(NODE), localhost(server.port()));

      assertThat(steps.getLast().step()).isEqualTo(Step.ACCESS);
      assertFailed(steps, Kind.TIMEOUT, "0.3 s");
    }
  }

  private static void assertFailed(List<CheckStep> steps, Kind kind, String words) {
    assertThat(steps.subList(0, steps.size() - 1))
        .extracting(CheckStep::state)
        .allMatch(State.OK::equals);
    CheckStep last = steps.getLast();
    assertThat(last.state()).isEqualTo(State.FAILED);
    assertThat(last.hop()).isEqualTo("relay root");
    assertThat(last.words()).contains(words);
    assertThat(last.advice()).isEqualTo(kind.advice());
  }

  private static List<CheckStep> check(ScriptedServer.Script script) throws IOException {
    try (ScriptedServer server = ScriptedServer.tls(NODE, script)) {
      return check(node(NODE), localhost(server.port()));
    }
  }

  private static List<CheckStep> check(NodeEntry node, InetSocketAddress address) {
    return check(
        new CfengineTransport.Deadlines(LONG, LONG, LONG, LONG, LONG, LONG), node, address);
  }

  private static List<CheckStep> check(
      CfengineTransport.Deadlines deadlines, NodeEntry node, InetSocketAddress address) {
    return new CfengineTransport(
            new CfengineTransport.Settings("relay root", "root", 5000, 2, deadlines),
            RELAY,
            entry -> address,
            TestNodeKeys.listed())
        .check(node)
        .blockOptional(Eventually.DEADLINE)
        .orElseThrow();
  }

  private static NodeEntry node(HostKey key) {
    KeyHash hash = KeyHash.of(key.publicKey());
    return new NodeEntry(new NodeId("n1"), "localhost", Optional.of(hash), NodeId.ROOT);
  }

  private static InetSocketAddress localhost(int port) {
    return InetSocketAddress.createUnresolved("localhost", port);
  }
}
