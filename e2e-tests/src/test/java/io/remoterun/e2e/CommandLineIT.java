package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Launcher.Ended;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged command line, with a real webapp, relay and node behind it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineIT {
  private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private CliFleet fleet;

  @BeforeAll
  void starts(@TempDir Path temporary) throws Exception {
    folder = temporary;
    fleet = new CliFleet(temporary);
    assertThat(Launcher.run("--version").exit()).isZero();
  }

  @AfterEach
  void letsGo() throws Exception {
    fleet.way().admit();
    fleet.letGo();
    // A run that a test has left would be the one that the next test is shown.
    for (String run : fleet.run("runs", "--state=running", "--json").out().lines().toList()) {
      fleet.run("follow", JsonMapper.shared().readTree(run).path("id").asString());
    }
  }

  @AfterAll
  void ends() throws Exception {
    fleet.stop();
  }

  @Test
  void aTriggerShowsRowsAndNamesLastWhatFailedWithHopReasonAndAdvice() throws Exception {
    Ended ended = fleet.run("trigger", "--all");

    assertThat(ended.exit()).isEqualTo(1);
    List<String> lines = ended.out().lines().toList();
    assertThat(lines)
        .anyMatch(line -> line.startsWith("one.example  E repaired"))
        .anyMatch(line -> line.startsWith("one.example  E error") && line.endsWith("is broken"))
        .noneMatch(line -> line.contains("\u001b") || line.contains("\r"));
    assertThat(lines.getLast())
        .startsWith("two.example  failed: relay root: ")
        .contains("(check that the machine is up");
    assertThat(ended.problems()).matches("run [0-9a-f-]{36}, 2 nodes\n");
  }

  @Test
  void exitsAsRuddersCommandDoes() throws Exception {
    assertThat(fleet.run("trigger", "one").exit()).isZero();
    assertThat(fleet.run("trigger", "one", "-e").exit()).isEqualTo(2);
    assertThat(fleet.run("trigger", "n1", "-E", "-q").exit()).isEqualTo(2);
    assertThat(fleet.run("trigger", "two", "-e").exit()).isEqualTo(1);
    assertThat(fleet.run("trigger", "one", "--where=id=n1").exit()).isEqualTo(64);
    assertThat(fleet.run("trigger", "one", "-D", "bad~1").problems()).contains("-D: invalid cond");
  }

  @Test
  void nothingIsTriggeredWhereAWordMeansNoNodeOrSeveral() throws Exception {
    String before = fleet.run("runs", "--json").out();

    Ended ended = fleet.run("trigger", "one", "n", "three");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.problems())
        .contains("'n' may be one.example (n1), two.example (n2)", "no node 'three'");
    assertThat(fleet.run("runs", "--json").out()).isEqualTo(before);
  }

  @Test
  void writesEventsBytesOrFiles() throws Exception {
    List<JsonNode> events =
        fleet
            .run("trigger", "--where", "id=n1", "--json")
            .out()
            .lines()
            .map(line -> JsonMapper.shared().readTree(line))
            .toList();
    assertThat(events)
        .extracting(event -> event.path("event").asString())
        .containsExactly("run", "started", "output", "output", "finished", "summary");

    Ended raw = fleet.run("trigger", "one", "--raw");
    assertThat(raw.out())
        .startsWith("R: @@Ntp@@result_repaired@@")
        .endsWith("##n1@#is broken\n")
        .doesNotContain("Summary");
    assertThat(raw.problems()).contains("Summary", "1 repaired, 1 error");

    Path files = folder.resolve("files");
    Ended written = fleet.run("trigger", "--all", "--output-dir", files.toString());
    assertThat(files.resolve("one.example.log")).hasContent(raw.out());
    assertThat(files.resolve("two.example.log")).doesNotExist();
    assertThat(written.out()).contains("two.example  failed: relay root").doesNotContain("STATE");
  }

  @Test
  void aDetachedRunIsFoundByTheBeginningOfItsIdShownFollowedCancelledAndTriedAgain()
      throws Exception {
    fleet.hold();
    String id = fleet.run("trigger", "--all", "--detach").out().strip();
    String beginning = id.substring(0, 8);
    assertThat(fleet.run("runs", "--state=running", "--node=one").out())
        .contains(beginning + "  ", "all");
    assertThat(fleet.run("runs", "--state=running", "--by=nobody").out()).doesNotContain(beginning);
    assertThat(fleet.run("show", beginning).out()).contains("run " + id + "  running", "targets");

    Process follows = fleet.command("follow", beginning).redirectErrorStream(true).start();
    try (BufferedReader rows =
        new BufferedReader(new InputStreamReader(follows.getInputStream(), UTF_8))) {
      awaits(rows, "has been restarted");
      // Otherwise it may be stopped instead.
      while (!fleet.run("show", beginning, "--failed").out().contains("two.example")) {
        // It has not failed yet.
      }
      Ended cancelled = fleet.run("cancel", beginning);
      assertThat(cancelled.out())
          .containsPattern("one.example +stopped")
          .containsPattern("two.example +failed");
      assertThat(cancelled.exit()).isZero();
      assertThat(rows.lines().toList())
          .anyMatch(line -> line.startsWith("one.example  failed: node n1: the agent was stopped"));
      assertThat(follows.waitFor()).isEqualTo(1);
    }
    assertThat(fleet.run("show", beginning, "--failed").out())
        .contains("cancelled by", "check that the machine is up");

    Ended again = fleet.run("retry", beginning);
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.out()).contains("failed: relay root").doesNotContain("one.example");
    assertThat(fleet.run("retry", "ffffffff").problems()).contains("no run");
  }

  static void awaits(BufferedReader rows, String text) throws IOException {
    String line = rows.readLine();
    while (line != null && !line.contains(text)) {
      line = rows.readLine();
    }
    assertThat(line).contains(text);
  }

  @Test
  void aLostConnectionIsTakenUpWhereItWasLost() throws Exception {
    fleet.hold();
    Process follows = fleet.command("trigger", "one").redirectErrorStream(true).start();
    try (BufferedReader rows =
        new BufferedReader(new InputStreamReader(follows.getInputStream(), UTF_8))) {
      awaits(rows, "has been restarted");
      fleet.way().cut();
      awaits(rows, "trying again");
      awaits(rows, "connected again");
      fleet.letGo();
      List<String> rest = rows.lines().toList();
      assertThat(rest).noneMatch(line -> line.contains("has been restarted"));
      assertThat(rest).anyMatch(line -> line.contains("is broken"));
      assertThat(follows.waitFor()).isZero();
    }
  }

  @Test
  void aConnectionThatDoesNotComeBackIsGivenUpAndTheRunNamed() throws Exception {
    fleet.hold();
    Process follows =
        fleet.command("trigger", "one", "--reconnect-for=1s").redirectErrorStream(true).start();
    try (BufferedReader rows =
        new BufferedReader(new InputStreamReader(follows.getInputStream(), UTF_8))) {
      awaits(rows, "has been restarted");
      fleet.way().refuse();
      String last = rows.lines().toList().getLast();
      assertThat(last).containsPattern("The run may go on: remote-run follow [0-9a-f-]{36}");
      assertThat(follows.waitFor()).isEqualTo(1);
    }
  }

  @Test
  void aTerminalHasColoursAndALineThatTellsHowItStands() throws Exception {
    fleet.hold();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "--all"))) {
      terminal.awaits("has been restarted").awaits("1 of 2 nodes done (1 failed), 1 running");
      fleet.letGo();
      assertThat(terminal.end()).isEqualTo(1);
      assertThat(terminal.seen()).contains("\u001b[1;33mrepaired", "\r\u001b[K", "two.example  ");
    }
  }

  @Test
  void oneSentenceSaysWhatIsWrongAndWhatToDo() throws Exception {
    ProcessBuilder wrongToken = fleet.command("nodes");
    wrongToken.environment().put("REMOTE_RUN_TOKEN", "x".repeat(40));
    ProcessBuilder noToken = fleet.command("nodes");
    noToken.environment().remove("REMOTE_RUN_TOKEN");
    noToken.environment().put("REMOTE_RUN_TOKEN", "");
    assertThat(problem(wrongToken)).contains("does not know the token: use remote-run login");
    assertThat(problem(noToken)).contains("there is no token for http://127.0.0.1");
    assertThat(problem(fleet.command("nodes", "--url=http://127.0.0.1:1")))
        .contains("does not accept connections: check that it runs");
    assertThat(problem(fleet.command("nodes", "--url=https://127.0.0.1:1"))).contains("check");
    assertThat(problem(fleet.command("nodes", "--url=http://nowhere.invalid", "--insecure-http")))
        .contains("does not resolve");
    assertThat(problem(fleet.command("nodes", "--url=" + fleet.url() + "/else")))
        .contains("check the URL");
    Ended token = fleet.run("nodes", "--token", "secret");
    assertThat(token.exit()).isEqualTo(64);
    assertThat(token.problems()).contains("everybody on this machine could read it");
  }

  private static String problem(ProcessBuilder command) throws Exception {
    Ended ended = Launcher.run(command, "");
    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.problems()).startsWith("remote-run: ").endsWith("\n");
    assertThat(ended.problems().lines()).hasSize(1);
    return ended.problems();
  }

  @Test
  void runsAreListedByWhenTheyBegan() throws Exception {
    String run = fleet.run("trigger", "one", "--detach").out().strip().substring(0, 8);

    assertThat(fleet.run("runs", "--since=2026-01-01T00:00:00Z").out()).contains(run);
    assertThat(fleet.run("runs", "--since=2999-01-01T00:00:00Z").out()).doesNotContain(run);
    assertThat(fleet.run("runs", "--until=2999-01-01T00:00:00Z").out()).contains(run);
    assertThat(fleet.run("runs", "--until=2026-01-01T00:00:00Z").out()).doesNotContain(run);
    assertThat(fleet.run("runs", "--since=yesterday").problems()).contains("since");
  }

  @Test
  void listsNodes() throws Exception {
    assertThat(fleet.run("nodes").out())
        .isEqualTo(
            "NODE         ID  POLICY SERVER\none.example  n1  root\ntwo.example  n2  root\n");
    assertThat(fleet.run("nodes", "TWO").out()).doesNotContain("one.example");
    assertThat(Files.exists(fleet.home().resolve(".config"))).isFalse();
  }
}
