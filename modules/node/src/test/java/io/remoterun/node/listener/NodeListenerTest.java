package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.LeakCheck;
import io.remoterun.testkit.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a good relay gets. */
@ExtendWith(LeakCheck.class)
class NodeListenerTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void runsTheAgentAndTellsWhatCfServerdWouldTell() throws Exception {
    String script = "echo \"$0 $*\"; echo; echo err >&2; exit 3";
    try (RunningNode node = RunningNode.in(folder).script(script).start()) {
      assertThat(node.ask("EXEC -Dforce_inventory"))
          .containsExactly(
              "cf-serverd executing cfruncommand: /bin/sh -c "
                  + script
                  + " agent -D force_inventory\n",
              "> agent -D force_inventory\n",
              "> \n",
              "> err\n",
              "(exit code: 3)\n");
      node.log.await(
          "INFO 127.0.0.1:",
          "key " + node.relay.digest(),
          "user root asks for a run with [force_inventory]: allowed, run ");
      node.log.await("is over after", "exit status 3");
    }
  }

  @Test
  void tellsALineBeforeTheAgentPrintsTheNext() throws Exception {
    String script = "mkfifo $DIR/go; echo first; read x < $DIR/go; echo last";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      assertThat(wire.readFrame().text()).isEqualTo("> first\n");
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      assertThat(wire.readFrame().text()).isEqualTo("> last\n");
    }
  }

  @Test
  void answersOneRequestAfterTheOther() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo $*").start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC -Dforce_a");
      CfengineDialogue.request(wire, "EXEC -Dforce_b");
      assertThat(CfengineDialogue.hearAnswer(wire)).contains("> -D force_a\n");
      assertThat(CfengineDialogue.hearAnswer(wire)).contains("> -D force_b\n");
      wire.sendFrame('t', "VERSION");
      assertThat(wire.readFrame().text()).startsWith("OK: ");
    }
  }

  @Test
  void losesNoByteOfLongLinesAndOddBytes() throws Exception {
    String script = "head -c 1000000 /dev/zero | tr '\\0' x; printf 'a\\0\\377\\nend'";
    try (RunningNode node = RunningNode.in(folder).script(script).start()) {
      List<String> answer = node.ask("EXEC");

      StringBuilder printed = new StringBuilder();
      answer.subList(1, answer.size() - 1).forEach(item -> printed.append(item, 2, item.length()));
      assertThat(printed.toString()).isEqualTo("x".repeat(1_000_000) + "a\0\u00ff\nend");
      assertThat(answer).endsWith("(exit code: 0)\n");
    }
  }

  @Test
  void refusesAConditionThatIsNotAllowed() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start()) {
      assertThat(node.ask("EXEC -Dforce_inventory,reinstall"))
          .containsExactly("EXEC denied: condition reinstall is not in allow-conditions");
      node.log.await(
          "WARN 127.0.0.1:",
          node.relay.digest().value(),
          "with [force_inventory, reinstall]: denied, condition reinstall is not in");
    }
  }

  @Test
  void refusesAUserThatIsNotAllowed() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start()) {
      node.host.keys().trust("operator", node.relay.key().publicKey());
      try (Wire wire = node.connect()) {
        assertThat(CfengineDialogue.identify(wire, "operator"))
            .isEqualTo("OK WELCOME USERNAME=operator");
        CfengineDialogue.request(wire, "EXEC");
        assertThat(CfengineDialogue.hearAnswer(wire))
            .containsExactly("EXEC denied: user operator is not in allow-users");
      }
    }
  }

  @Test
  void saysThatTheAgentCannotBeStarted() throws Exception {
    try (RunningNode node = RunningNode.in(folder).command("/no/such", "agent").start()) {
      assertThat(node.ask("EXEC").toString())
          .contains("EXEC denied: cannot start the agent: ")
          .contains("/no/such")
          .contains("No such file or directory");
      node.log.await("is over", "/no/such");
    }
  }

  @Test
  void refusesMoreRunsThanItMayHave() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ready; exec sleep 60").start();
        Wire first = node.identified();
        Wire second = node.identified()) {
      for (Wire wire : List.of(first, second)) {
        CfengineDialogue.request(wire, "EXEC");
        wire.readFrame();
        wire.readFrame();
      }
      assertThat(node.ask("EXEC")).containsExactly("EXEC denied: too many runs: 2 are running");
    }
  }

  @Test
  void admitsAKeyByItsHashWithoutAStoredKey() throws Exception {
    try (RunningNode relays = RunningNode.in(folder.resolve("a")).start();
        RunningNode node =
            RunningNode.in(folder.resolve("b"))
                .script("echo hello")
                .admitting(relays.relay.hash().toString())
                .start()) {
      Files.delete(node.host.ppkeys().resolve("root-" + node.relay.digest() + ".pub"));

      assertThat(node.ask("EXEC")).contains("> hello\n");
    }
  }

  @Test
  void aRunGoesOnWhenItsRelayLeaves() throws Exception {
    // More than one write, as the first one to a peer that is gone may still succeed.
    String script = "mkfifo $DIR/go; echo ready; read x < $DIR/go; seq 20000; exit 5";
    try (RunningNode node = RunningNode.in(folder).script(script).start()) {
      try (Wire wire = node.identified()) {
        CfengineDialogue.request(wire, "EXEC");
        wire.readFrame();
        wire.readFrame();
        wire.reset();
      }
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      node.log.await("is over", "exit status 5");
      node.log.await(" is lost while run ");
    }
  }

  @Test
  void aRelayThatDoesNotReadDoesNotStopTheAgent() throws Exception {
    String script = "yes $(printf %0999d 0) | head -c 50000000; exit 6";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      node.log.await("is over", "exit status 6");

      List<String> answer = CfengineDialogue.hearAnswer(wire);
      assertThat(answer).endsWith("(exit code: 6)\n");
      assertThat(answer).anyMatch(item -> item.matches("\\([0-9]+ bytes of output dropped\\)\n"));
    }
  }

  @Test
  void stoppingEndsConnectionsAndFreesThePort() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire wire = node.identified()) {
      node.listener.stop();

      assertThat(new String(wire.awaitClose(), ISO_8859_1)).isEmpty();
      assertThat(node.listener.isRunning()).isFalse();
    }
  }
}
