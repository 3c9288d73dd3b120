package io.remoterun.node.listener;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a good relay gets. */
class NodeListenerTest {
  private static final String RUN = "b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a";

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
      String key = node.relay.digest().value();
      assertThat(node.log.lines())
          .filteredOn(line -> line.endsWith(" user root is admitted (admit-keys has " + key + ")"))
          .singleElement(STRING)
          .startsWith("INFO 127.0.0.1:")
          .contains(" key " + key);
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
        node.log.await(
            "WARN 127.0.0.1:",
            node.relay.digest()
                + " user operator asks for a run with []: denied, user operator is not in"
                + " allow-users");
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
  void whoJoinsARunAndCannotBeRememberedHearsNothingOfIt() throws Exception {
    String script = "mkfifo $DIR/go; echo hello; read x < $DIR/go";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire first = node.identified();
        Wire second = node.connect()) {
      CfengineDialogue.request(first, "EXEC");
      first.readFrame();
      first.readFrame();
      Path seen = node.host.folder().resolve("seen-runs");
      Files.delete(seen);
      Files.createDirectory(seen);
      identifyAsOurs(second);
      CfengineDialogue.request(second, "EXEC");

      assertThat(CfengineDialogue.hearAnswer(second))
          .singleElement(STRING)
          .startsWith("EXEC denied: ")
          .contains("its run id cannot be written down: ", seen.toString());
      node.log.await("WARN run " + RUN + " is told nothing: its run id cannot be written down");
      Files.writeString(node.host.folder().resolve("go"), "go\n");
      assertThat(CfengineDialogue.hearAnswer(first)).endsWith("(exit code: 0)\n");
    }
  }

  @Test
  void aSecondRunWaitsAndSaysForWhatAndAThirdIsRefused() throws Exception {
    String script = "test -p $DIR/go || mkfifo $DIR/go; echo $*; read x < $DIR/go";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire first = node.identified();
        Wire second = node.identified()) {
      CfengineDialogue.request(first, "EXEC -Dforce_a");
      first.readFrame();
      assertThat(first.readFrame().text()).isEqualTo("> -D force_a\n");
      CfengineDialogue.request(second, "EXEC -Dforce_b");
      assertThat(second.readFrame().text())
          .matches("run \\S+ waits for the end of run \\S+ with \\[force_a]\n");
      assertThat(node.ask("EXEC"))
          .singleElement(STRING)
          .matches(
              "EXEC denied: too many runs: run \\S+ with \\[force_a] is running, and run \\S+"
                  + " with \\[force_b] waits");
      node.log.await(
          "WARN 127.0.0.1:",
          node.relay.digest() + " user root asks for a run with []: denied, run ",
          "with [force_a] is running, and run ");

      Path go = node.host.folder().resolve("go");
      Files.writeString(go, "go\n");
      assertThat(CfengineDialogue.hearAnswer(first)).containsExactly("(exit code: 0)\n");
      assertThat(second.readFrame().text()).startsWith("cf-serverd executing");
      Files.writeString(go, "go\n");
      assertThat(CfengineDialogue.hearAnswer(second))
          .containsExactly("> -D force_b\n", "(exit code: 0)\n");
    }
  }

  @Test
  void theSameIdGetsTheSameRun() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo $$").start()) {
      List<String> first = askAsOurs(node, "EXEC");

      assertThat(first).hasSize(3).endsWith("(exit code: 0)\n");
      assertThat(askAsOurs(node, "EXEC")).isEqualTo(first);
      assertThat(askAsOurs(node, "EXEC -Dforce_a"))
          .containsExactly("EXEC denied: there is a run " + RUN + " with [] already");
    }
  }

  private static List<String> askAsOurs(RunningNode node, String command) throws IOException {
    try (Wire wire = node.connect()) {
      identifyAsOurs(wire);
      CfengineDialogue.request(wire, command);
      return CfengineDialogue.hearAnswer(wire);
    }
  }

  @Test
  void runsNothingWhileTheAgentIsDisabled() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ran").start()) {
      Path file = Files.createFile(node.host.folder().resolve("disable-agent"));
      assertThat(node.ask("EXEC"))
          .containsExactly("EXEC denied: the agent is disabled: there is " + file);
      node.log.await(
          "INFO run ", "of process none is over", "the agent is disabled: there is " + file);
      node.log.await(
          "WARN 127.0.0.1:",
          " key " + node.relay.digest() + " user root asks for a run with []: denied, the agent is",
          " disabled: there is " + file);
      Files.delete(file);

      assertThat(node.ask("EXEC")).contains("> ran\n");
    }
  }

  @Test
  void oneThatLeavesDoesNotDisturbTheOtherAndOneThatHasJoinedCannotCancel() throws Exception {
    String script = "mkfifo $DIR/go; echo ready; read x < $DIR/go; seq 20000";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire first = node.identified();
        Wire second = node.connect();
        Wire third = node.identified()) {
      identifyAsOurs(second);
      for (Wire wire : List.of(first, second, third)) {
        CfengineDialogue.request(wire, "EXEC");
        wire.readFrame();
        assertThat(wire.readFrame().text()).isEqualTo("> ready\n");
      }
      second.sendFrame('t', "CANCEL");
      assertThat(second.readFrame().text())
          .matches("\\(not stopped: run \\S+ was asked for by somebody else, and 2 more .*\\)\n");
      node.log.await(
          "WARN 127.0.0.1:",
          " key " + node.relay.digest() + " user root asks to cancel run ",
          ": denied, run ",
          " was asked for by somebody else");
      first.reset();
      node.log.await(" is lost while run ");
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      assertThat(CfengineDialogue.hearAnswer(second))
          .hasSize(20_001)
          .endsWith("(exit code: 0)\n")
          .isEqualTo(CfengineDialogue.hearAnswer(third));
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
      assertThat(node.log.lines()).noneMatch(line -> line.contains("denied"));
    }
  }

  @Test
  void aRelayThatLeavesASilentRunIsMissedAtOnce() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("exec sleep 60").start()) {
      try (Wire wire = node.identified()) {
        CfengineDialogue.request(wire, "EXEC");
        wire.readFrame();
      }

      node.log.await(" is lost while run ", " goes on");
    }
  }

  @Test
  void ourRelayStopsItsRunUnderItsOwnName() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ready; exec sleep 60").start();
        Wire wire = node.connect()) {
      assertThat(identifyAsOurs(wire)).isEqualTo("OK WELCOME USERNAME=root REMOTE_RUN=1");
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      assertThat(wire.readFrame().text()).isEqualTo("> ready\n");
      wire.sendFrame('t', "CANCEL");

      assertThat(CfengineDialogue.hearAnswer(wire))
          .containsExactly("(stopped: the agent was stopped: killed by signal 15 (TERM))\n");
      node.log.await("user root asks for a run with []: allowed, run " + RUN);
      node.log.await(
          "user root asks to cancel run " + RUN + ": allowed, it was asked for by this id");
      node.log.await(
          "run " + RUN + " of process ", "the agent was stopped: killed by signal 15 (TERM)");
      wire.sendFrame('t', "VERSION");
      assertThat(wire.readFrame().text()).startsWith("OK: ");
    }
  }

  /** Whether the agent may run is looked up in files: a cancel may come before that is known. */
  @Test
  void aCancelThatComesRightAfterItsRequestEndsTheRun() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("exec sleep 60").start();
        Wire wire = node.connect()) {
      identifyAsOurs(wire);
      wire.send(
          "t 4\0\0\0\0\0EXEC" + "t 27\0\0\0\0---cfXen/gine/cfXen/gine---" + "t 6\0\0\0\0\0CANCEL");

      assertThat(CfengineDialogue.hearAnswer(wire))
          .last(STRING)
          .startsWith("(stopped: the agent was ");
      node.log.await("user root asks to cancel run " + RUN + ": allowed, ");
      // It is not kept for the next one.
      CfengineDialogue.request(wire, "EXEC -Dforce_a");
      assertThat(CfengineDialogue.hearAnswer(wire))
          .containsExactly("EXEC denied: there is a run " + RUN + " with [] already");
    }
  }

  @Test
  void whoLeavesBeforeItIsDecidedWhetherTheAgentMayRunStartsNone() throws Exception {
    CompletableFuture<Void> decide = new CompletableFuture<>();
    try (RunningNode node = RunningNode.in(folder).script("echo $* >> $DIR/runs").start()) {
      try (Wire wire = node.connect()) {
        identifyAsOurs(wire);
        node.beforeLook = decide::join;
        CfengineDialogue.request(wire, "EXEC -Dforce_a");
      }
      node.log.await(
          "user root asks for a run with [force_a]: denied, it left before that was decided (run "
              + RUN);
      decide.complete(null);

      node.ask("EXEC -Dforce_b");
      assertThat(node.host.folder().resolve("runs")).hasContent("-D force_b");
    }
  }

  @Test
  void anAgentThatDoesNotWantToEndIsKilled() throws Exception {
    String deaf = "trap '' TERM; echo ready; while :; do :; done";
    try (RunningNode node = RunningNode.in(folder).script(deaf).start();
        Wire wire = node.connect()) {
      identifyAsOurs(wire);
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      wire.readFrame();
      wire.sendFrame('t', "CANCEL");

      assertThat(CfengineDialogue.hearAnswer(wire))
          .containsExactly("(stopped: the agent was stopped: killed by signal 9 (KILL))\n");
    }
  }

  @Test
  void aSignalIsToldAndAsAnExitCodeForThoseWhoDoNotKnowIt() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("kill -9 $$").start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");

      assertThat(CfengineDialogue.hearAnswer(wire))
          .endsWith("(killed by signal 9)\n", "(exit code: 137)\n");
      node.log.await("is over", "killed by signal 9 (KILL)");
    }
  }

  /** Which is not known to be able to. */
  @Test
  void cfRunagentCannotCancel() throws Exception {
    String script = "mkfifo $DIR/go; echo ready; read x < $DIR/go; echo last";
    try (RunningNode node = RunningNode.in(folder).script(script).start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      wire.readFrame();
      wire.sendFrame('t', "CANCEL");
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      assertThat(CfengineDialogue.hearAnswer(wire)).containsExactly("> last\n", "(exit code: 0)\n");
      assertThat(wire.readFrame().text()).startsWith("BAD: ");
    }
  }

  @Test
  void aRelayThatPilesUpRequestsIsClosedAndItsRunGoesOn() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("exec sleep 60").start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      for (int ahead = 0; ahead < 3; ahead++) {
        wire.sendFrame('t', "x".repeat(4000));
      }

      wire.awaitClose();
      node.log.await("broke the protocol: the client does not wait for answers: closed");
      node.log.await(" is lost while run ", " goes on");
    }
  }

  private static String identifyAsOurs(Wire wire) throws IOException {
    wire.readLine();
    wire.send("CFE_v2 remote-run\nIDENTITY USERNAME=root REMOTE_RUN=1 RUN=" + RUN + "\n");
    return wire.readLine();
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
