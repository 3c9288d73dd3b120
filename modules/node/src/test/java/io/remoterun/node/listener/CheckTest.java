package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our relay hears before a run, without one. */
class CheckTest {
  private static final String RUN = "b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a";

  @TempDir private Path folder = Path.of("");

  private static Wire identifiedAsOurs(RunningNode node) throws IOException {
    Wire wire = node.connect();
    wire.readLine();
    wire.send("CFE_v2 remote-run\nIDENTITY USERNAME=root REMOTE_RUN=1 RUN=" + RUN + "\n");
    wire.readLine();
    return wire;
  }

  private static List<String> check(Wire wire, String command) throws IOException {
    wire.sendFrame('t', command);
    return CfengineDialogue.hearAnswer(wire);
  }

  @Test
  void theAgentCouldBeStartedAndIsNot() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("touch $DIR/ran").start();
        Wire wire = identifiedAsOurs(node)) {
      assertThat(check(wire, "CHECK")).containsExactly("CHECK ready: can start its agent");
      assertThat(check(wire, "CHECK -Dforce_a")).hasSize(1);
      node.log.await("INFO 127.0.0.1:", "user root asks for a check with []: allowed, READY: can");
      assertThat(node.host.folder().resolve("ran")).doesNotExist();

      // The run's own id is not used up by it.
      CfengineDialogue.request(wire, "EXEC");
      assertThat(CfengineDialogue.hearAnswer(wire)).endsWith("(exit code: 0)\n");
    }
  }

  @Test
  void theAgentIsDisabled() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire wire = identifiedAsOurs(node)) {
      Path file = Files.createFile(node.host.folder().resolve("disable-agent"));
      assertThat(check(wire, "CHECK"))
          .containsExactly("CHECK disabled: the agent is disabled: there is " + file);
      Files.delete(file);

      assertThat(check(wire, "CHECK")).singleElement(STRING).startsWith("CHECK ready: ");
    }
  }

  @Test
  void theAgentsProgramIsNotThereOrMayNotBeExecuted() throws Exception {
    Path file = Files.createFile(folder.resolve("agent"));
    try (RunningNode none = RunningNode.in(folder.resolve("a")).command("/no/such").start();
        RunningNode no = RunningNode.in(folder.resolve("b")).command(file.toString()).start();
        Wire toNone = identifiedAsOurs(none);
        Wire toNo = identifiedAsOurs(no)) {
      assertThat(check(toNone, "CHECK"))
          .singleElement(STRING)
          .startsWith("CHECK unstartable: ")
          .endsWith("/no/such: No such file or directory");
      assertThat(check(toNo, "CHECK")).singleElement(STRING).endsWith(file + ": Permission denied");
    }
  }

  @Test
  void runsThatGoOnAreTold() throws Exception {
    String script = "test -p $DIR/go || mkfifo $DIR/go; echo ready; read x < $DIR/go";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire first = node.identified();
        Wire second = node.identified();
        Wire wire = identifiedAsOurs(node)) {
      CfengineDialogue.request(first, "EXEC");
      first.readFrame();
      first.readFrame();
      assertThat(check(wire, "CHECK"))
          .singleElement(STRING)
          .matches("CHECK ready: a run would get into run \\S+ with \\[]");
      assertThat(check(wire, "CHECK -Dforce_b"))
          .singleElement(STRING)
          .matches("CHECK ready: a run would wait for run \\S+ with \\[]");

      CfengineDialogue.request(second, "EXEC -Dforce_a");
      second.readFrame();
      assertThat(check(wire, "CHECK -Dforce_b"))
          .singleElement(STRING)
          .matches(
              "CHECK busy: run \\S+ with \\[] is running, and run \\S+ with \\[force_a] waits");
      Path go = node.host.folder().resolve("go");
      Files.writeString(go, "go\n");
      CfengineDialogue.hearAnswer(first);
      second.readFrame();
      Files.writeString(go, "go\n");
      CfengineDialogue.hearAnswer(second);
    }
  }

  @Test
  void whoWouldBeRefusedHearsTheRefusalAndNothingElse() throws Exception {
    try (RunningNode node = RunningNode.in(folder).command("/no/such").start();
        Wire wire = identifiedAsOurs(node)) {
      List<String> refusal = node.ask("EXEC -Dreinstall");
      assertThat(check(wire, "CHECK -Dreinstall")).isEqualTo(refusal);
      node.log.await("WARN 127.0.0.1:", "asks for a check with [reinstall]: denied, condition");

      AccessPolicy now = node.access.get();
      node.access.set(
          new AccessPolicy(now.keys(), now.addresses(), Set.of("nobody"), now.conditions()));
      assertThat(check(wire, "CHECK"))
          .containsExactly("EXEC denied: user root is not in allow-users");
    }
  }

  @Test
  void whoIsNotAdmittedAnyMoreIsClosedWithoutAWord() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire wire = identifiedAsOurs(node)) {
      node.access.set(node.policy(List.of("MD5=" + "0".repeat(32))));
      wire.sendFrame('t', "CHECK");

      assertThat(new String(wire.awaitClose(), ISO_8859_1)).isEmpty();
      node.log.await("asks for a check with []: denied, it is not admitted any more");
    }
  }

  @Test
  void cfRunagentCannotCheck() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire wire = node.identified()) {
      wire.sendFrame('t', "CHECK");

      assertThat(wire.readFrame().text()).startsWith("BAD: ");
    }
  }
}
