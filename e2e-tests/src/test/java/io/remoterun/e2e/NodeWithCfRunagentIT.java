package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real cf-runagent triggers our node, and cannot tell it from the real cf-serverd. */
@NeedsProgram({"cf-serverd", "cf-runagent"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeWithCfRunagentIT {
  private Path folder;
  private TestHost ours;
  private CfengineHost theirs;
  private CfengineHost relay;
  private RealCfServerd cfServerd;
  private OurNode node;

  @BeforeAll
  void startsBoth(@TempDir Path temporary) throws IOException {
    folder = temporary;
    ours = TestHost.make(folder, "ours");
    theirs = CfengineHost.on(TestHost.make(folder, "theirs"));
    relay = CfengineHost.on(TestHost.make(folder, "relay"));
    Path agent = agent("");
    cfServerd = RealCfServerd.start(theirs, agent, relay.keys(), "class.*");
    node = OurNode.start(ours, agent, relay.keys());
  }

  @AfterAll
  void endsBoth() throws IOException {
    node.close();
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
        "head -c 4082 /dev/zero | tr '\\0' x; echo; echo after",
        "true"
      })
  void printsWhatItPrintsForCfServerd(String body) throws IOException {
    agent(body);
    RealCfRunagent.Result expected = triggerTheirs("class1", "class2");

    assertThat(expected.lines().getFirst()).startsWith("127.0.0.1> cf-serverd executing");
    assertThat(triggerOurs("class1", "class2")).isEqualTo(expected);
  }

  /** cf-serverd cuts it at 4,083 bytes. */
  @Test
  void losesNothingOfALongLine() throws IOException {
    agent("head -c 10000 /dev/zero | tr '\\0' x; echo; echo end");

    assertThat(output(triggerOurs())).isEqualTo("x".repeat(10_000) + "end");
  }

  /** cf-serverd says nothing then, and cf-runagent ends with 255. */
  @Test
  void tellsThatTheAgentWasKilled() throws IOException {
    agent("echo begin; kill -9 $$");
    RealCfRunagent.Result result = triggerOurs();

    assertThat(result.lines())
        .endsWith(
            "127.0.0.1> -> begin",
            "127.0.0.1> (killed by signal 9)",
            "127.0.0.1> (exit code: 137)");
    assertThat(result.exitCode()).isEqualTo(137);
  }

  @Test
  void refusesAClassAndSaysWhy() throws IOException {
    agent("echo ran");
    RealCfRunagent.Result expected = triggerTheirs("other");
    RealCfRunagent.Result refused = triggerOurs("other");

    assertThat(refused.exitCode()).isEqualTo(expected.exitCode());
    assertThat(expected.lines()).anyMatch(line -> line.startsWith("127.0.0.1> EXEC denied"));
    assertThat(refused.lines()).anyMatch(line -> line.startsWith("127.0.0.1> EXEC denied"));
    node.log().await("WARN", "127.0.0.1", relay.keys().digest().value(), "other", "denied");
  }

  @Test
  void refusesAnUnknownKeyAndSaysWhy() throws IOException {
    agent("echo ran");
    CfengineHost stranger = CfengineHost.on(TestHost.make(folder, "stranger"));
    RealCfRunagent runagent = RealCfRunagent.on(stranger);
    RealCfRunagent.Result expected = runagent.trigger(cfServerd.port(), theirs.keys());
    RealCfRunagent.Result refused = runagent.trigger(node.port(), ours);

    assertThat(refused.exitCode()).isEqualTo(expected.exitCode()).isNotZero();
    assertThat(refused.lines()).noneMatch(line -> line.contains("ran"));
    node.log().await("WARN refused 127.0.0.1", stranger.keys().digest().value(), "is not admitted");
  }

  private Path agent(String body) throws IOException {
    return theirs.script("agent", body + "\n");
  }

  private RealCfRunagent.Result triggerTheirs(String... classes) throws IOException {
    return RealCfRunagent.on(relay).trigger(cfServerd.port(), theirs.keys(), classes);
  }

  private RealCfRunagent.Result triggerOurs(String... classes) throws IOException {
    return RealCfRunagent.on(relay).trigger(node.port(), ours, classes);
  }

  private static String output(RealCfRunagent.Result result) {
    String prefix = "127.0.0.1> -> ";
    return result.lines().stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .collect(Collectors.joining());
  }
}
