package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Leaving and cancelling a run that is watched: Ctrl-C on a terminal, and signals without one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeavingARunIT {
  @SuppressWarnings("NullAway.Init") // set before the first test
  private CliFleet fleet;

  @BeforeAll
  void starts(@TempDir Path temporary) throws Exception {
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
  void ctrlCAsksAndTheRunGoesOnWhenThePersonLeaves() throws Exception {
    fleet.hold();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "one"))) {
      terminal.awaits("has been restarted").types(Typed.CTRL_C).awaits("[c]ancel it").types("\n");
      terminal.awaits("going on");
      terminal.types(Typed.CTRL_C).awaits("[c]ancel it").types("d\n").awaits("the run goes on");
      assertThat(terminal.end()).isEqualTo(130);
    }
    assertThat(fleet.run("runs", "--limit=1").out()).contains("running");
  }

  @Test
  void ctrlCTwiceCancels() throws Exception {
    fleet.hold();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "one"))) {
      terminal.awaits("has been restarted").types(Typed.CTRL_C).awaits("[c]ancel it");
      terminal.types(Typed.CTRL_C).awaits("cancelling the run").awaits("Summary");
      assertThat(terminal.end()).isEqualTo(1);
    }
    assertThat(fleet.run("runs", "--limit=1").out()).contains("1 stopped");
  }

  @Test
  void ctrlCAndAnAnswerCancel() throws Exception {
    fleet.hold();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "one"))) {
      terminal.awaits("has been restarted").types(Typed.CTRL_C).awaits("[c]ancel it");
      terminal.types("c\n").awaits("cancelling the run").awaits("Summary");
      assertThat(terminal.end()).isEqualTo(1);
    }
    assertThat(fleet.run("runs", "--limit=1").out()).contains("1 stopped");
  }

  @Test
  void aThirdCtrlCLeavesARunThatIsBeingCancelled() throws Exception {
    fleet.holdStubbornly();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "one"))) {
      terminal.awaits("has been restarted").types(Typed.CTRL_C).awaits("[c]ancel it");
      // Nobody waits for the webapp to have heard of it.
      terminal.types(Typed.CTRL_C).awaits("cancelling the run");
      terminal.types(Typed.CTRL_C).awaits("is being cancelled, see remote-run show ");
      assertThat(terminal.end()).isEqualTo(130);
    }
    String run = fleet.run("runs", "--limit=1", "--json").out();
    fleet.letGo();
    // Waits for its end.
    fleet.run("follow", JsonMapper.shared().readTree(run).path("id").asString());
    assertThat(fleet.run("runs", "--limit=1").out()).contains("1 stopped");
  }

  @Test
  void aCancelThatHasFailedMayBeTriedAgain() throws Exception {
    fleet.hold();
    try (Typed terminal = new Typed(fleet.onTerminal("trigger", "one"))) {
      terminal.awaits("has been restarted");
      fleet.way().refuse();
      terminal.types(Typed.CTRL_C).awaits("[c]ancel it").types("c\n");
      terminal.awaits("it cannot be cancelled");
      fleet.way().admit();
      terminal.awaits("connected again");
      terminal.types(Typed.CTRL_C).awaits("[c]ancel it").types("c\n").awaits("Summary");
      assertThat(terminal.end()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
  void withoutATerminalASignalLeavesTheRun(String signal, int exit) throws Exception {
    fleet.hold();
    ProcessBuilder trigger = fleet.command("trigger", "one").redirectErrorStream(true);
    // Whatever Maven was started by may ignore it, and then the program would.
    trigger.command().addAll(0, List.of("env", "--default-signal=" + signal));
    Process follows = trigger.start();
    try (BufferedReader rows =
        new BufferedReader(new InputStreamReader(follows.getInputStream(), UTF_8))) {
      CommandLineIT.awaits(rows, "has been restarted");
      new ProcessBuilder("kill", "-" + signal, Long.toString(follows.pid())).start().waitFor();
      CommandLineIT.awaits(rows, "the run goes on: remote-run follow ");
      assertThat(follows.waitFor()).isEqualTo(exit);
    }
    assertThat(fleet.run("runs", "--limit=1").out()).contains("running");
  }
}
