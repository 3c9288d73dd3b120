package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import io.remoterun.testkit.Sudoers;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Started by the real sudo with the sudoers line of config, for other users. */
@NeedsRoot
@NeedsProgram(
    value = {"sudo", "visudo"},
    debianPackage = "sudo")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HelperSudoTest {
  private InstalledHelper helper;
  private Sudoers sudoers;

  @BeforeAll
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
    sudoers = Sudoers.allow(helper);
  }

  @AfterAll
  void removes() throws IOException {
    sudoers.close();
    helper.close();
  }

  @BeforeEach
  void setsUp() throws IOException {
    helper.settings();
    helper.agent("id -u; env");
  }

  @Test
  void runsTheAgentAsRootForTheNodesUser() throws IOException {
    try (AskedHelper asked = AskedHelper.of(sudo("nobody").start(), AskedHelper.request())) {
      asked.awaitOutput("0\n");

      assertThat(asked.all()).endsWith(Told.exited(0));
    }
    assertThat(helper.executions()).isOne();
    assertThat(helper.audit()).contains(" user=65534 job=agent ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent", "--help", "-Drun-helper.settings=/tmp/mine"})
  void sudoLetsNoArgumentThrough(String argument) throws IOException {
    assertRefusedBySudo(sudo("nobody", helper.script().toString(), argument));
  }

  @Test
  void sudoLetsNoVariableThroughThatIsAskedFor() throws IOException {
    assertRefusedBySudo(sudo("nobody", "LD_PRELOAD=/tmp/mine.so", helper.script().toString()));
    assertRefusedBySudo(sudo("nobody", "-E", helper.script().toString()));
  }

  @Test
  void sudoRunsNothingElse() throws IOException {
    assertRefusedBySudo(sudo("nobody", "/usr/bin/id"));
    assertRefusedBySudo(sudo("nobody", helper.agentFile().toString()));
  }

  @Test
  void sudoRunsItForNobodyElse() throws IOException {
    assertRefusedBySudo(sudo("daemon"));
  }

  /** What sudo removes, it cannot bring in. */
  @Test
  void aPoisonedEnvironmentStaysOutside() throws IOException {
    ProcessBuilder poisoned = sudo("nobody");
    poisoned.environment().put("JAVA_TOOL_OPTIONS", "-Drun-helper.settings=/no/such");
    poisoned.environment().put("SUDO_UID", "0");
    poisoned.environment().put("BASH_ENV", "/no/such");
    try (AskedHelper asked = AskedHelper.of(poisoned.start(), AskedHelper.request())) {
      assertThat(asked.all()).endsWith(Told.exited(0));
    }
    assertThat(helper.audit().lines().toList().getLast()).contains(" user=65534 job=agent ");
  }

  /** Or he could have the helper ended, and start a second agent beside the first. */
  @Test
  void theCallersLimitsDoNotReachTheAgent() throws IOException {
    helper.agent("ulimit -t; ulimit -f; ulimit -v; cat /proc/self/oom_score_adj");
    String limits = "ulimit -S -t 60 -f 1000 -v 9000000; echo 900 >/proc/self/oom_score_adj";
    List<String> sudo = sudo("nobody").command();
    ProcessBuilder limited =
        new ProcessBuilder("/bin/bash", "-c", limits + "; exec " + String.join(" ", sudo));
    try (AskedHelper asked = AskedHelper.of(limited.start(), AskedHelper.request())) {
      asked.awaitOutput("unlimited\nunlimited\nunlimited\n0\n");
    }
  }

  private void assertRefusedBySudo(ProcessBuilder builder) throws IOException {
    String before = helper.audit();
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.onExit().join().exitValue()).isOne();
    assertThat(said).startsWith("sudo: ");
    assertThat(helper.executions()).isZero();
    assertThat(helper.audit()).isEqualTo(before);
  }

  private ProcessBuilder sudo(String user, String... command) {
    List<String> words =
        command.length == 0 ? List.of(helper.script().toString()) : List.of(command);
    Stream<String> become =
        Stream.of("setpriv", "--reuid=" + user, "--regid=65534", "--clear-groups", "sudo", "-n");
    return new ProcessBuilder(Stream.concat(become, words.stream()).toList());
  }
}
