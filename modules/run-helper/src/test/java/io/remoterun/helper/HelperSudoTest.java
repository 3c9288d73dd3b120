package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.process.AgentEnvironment;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import io.remoterun.testkit.Sudoers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

  /**
   * Neither to the helper nor to the agent; and what stands in {@code PATH} before the programs
   * that are meant is not executed.
   */
  @Test
  void aPoisonedEnvironmentStaysOutside() throws IOException {
    helper.agent("for pid in $PPID $$; do echo process; tr '\\0' '\\n' </proc/$pid/environ; done");
    Path poison = Files.createDirectories(helper.folder().resolve("poison"));
    Files.setPosixFilePermissions(poison, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name : List.of("sh", "env", "java", "tr", "echo")) {
      helper.program("poison/" + name, "touch " + poison.resolve("executed"));
    }
    ProcessBuilder poisoned = sudo("nobody");
    poisoned
        .environment()
        .putAll(
            Map.of(
                "PATH",
                poison + ":" + System.getenv("PATH"),
                "LD_PRELOAD",
                "/no/such.so",
                "LD_LIBRARY_PATH",
                poison.toString(),
                "JAVA_TOOL_OPTIONS",
                "-Drun-helper.settings=/no/such",
                "JDK_JAVA_OPTIONS",
                "-Drun-helper.settings=/no/such",
                "BASH_ENV",
                poison.resolve("sh").toString(),
                "ENV",
                poison.resolve("sh").toString(),
                "SUDO_UID",
                "0"));
    try (AskedHelper asked = AskedHelper.of(poisoned.start(), AskedHelper.request())) {
      List<Told> told = asked.all();
      String printed =
          told.stream()
              .filter(each -> each.type() == 'O')
              .map(Told::payload)
              .collect(Collectors.joining());
      assertThat(printed.split("process\n"))
          .satisfiesExactly(
              none -> assertThat(none).isEmpty(),
              itsHelper -> assertThat(itsHelper).isEqualTo("SUDO_UID=65534\n"),
              agent ->
                  assertThat(agent.lines())
                      .containsExactlyInAnyOrder(
                          "PATH=" + AgentEnvironment.DEFAULT.get("PATH"), "LANG=C.UTF-8"));
      assertThat(told).endsWith(Told.exited(0));
    }
    assertThat(poison.resolve("executed")).doesNotExist();
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
