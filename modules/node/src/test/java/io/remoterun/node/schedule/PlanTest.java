package io.remoterun.node.schedule;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the files are like, the agent is run. */
class PlanTest {
  private static final List<String> AGENT = List.of("/opt/rudder/bin/rudder", "agent", "run", "-R");
  private static final String GOOD =
      "[hourly]\ncommand = \"/opt/rudder/bin/rudder agent run\"\nperiod = \"1h\"";
  private static final String HEALTHY_INVENTORY =
      "[inventory]\ncommand = \"/opt/rudder/bin/rudder agent inventory\"\nperiod = \"24h\"";
  private static final Section HOURLY =
      new Section(
          "hourly",
          List.of("/opt/rudder/bin/rudder", "agent", "run"),
          Timing.every(Duration.ofHours(1)),
          Section.DEFAULT_LONGEST,
          1);

  /** A file's contents by what is wrong with them. */
  private static final Map<String, String> BROKEN =
      new TreeMap<>(
          Map.of(
              "garbage",
              "\0\1\2[[[\u00ff",
              "no UTF-8",
              "[agent]\ncommand = \"/\u00ff\u00fe\"",
              "half a file",
              GOOD.substring(0, 30),
              "wrong types",
              "agent = 5\n[hourly]\ncommand = [1]",
              "values out of range",
              GOOD.replace("1h", "1ms"),
              "the same key twice",
              GOOD + "\nperiod = \"2h\"",
              "too large",
              GOOD + "\n#" + "x".repeat(AgentdConf.MOST_BYTES),
              "nested deeply",
              "a = " + "[".repeat(100_000),
              "not about the agent",
              "[other]\ncommand = \"/bin/true\""));

  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("agentd.conf");
  }

  private Path dropIn() {
    return folder.resolve("agentd.conf.d/x.conf");
  }

  private Plan plan() {
    return Plan.read(file(), AGENT);
  }

  @Test
  void withoutAnyFileTheAgentIsRunAndNothingIsWrong() {
    assertThat(plan()).isEqualTo(new Plan(List.of(Section.byDefault(AGENT)), List.of()));
  }

  @Test
  void anEmptyFileIsLikeNone() throws IOException {
    write(file(), "# nothing\n");
    assertThat(plan()).isEqualTo(new Plan(List.of(Section.byDefault(AGENT)), List.of()));
  }

  @Test
  void aPlanOfOnesOwnReplacesTheDefault() throws IOException {
    write(file(), GOOD);
    assertThat(plan()).isEqualTo(new Plan(List.of(HOURLY), List.of()));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theAgentIsRunWhenTheFileIsBroken(String name, String contents) throws IOException {
    write(file(), contents);
    assertThat(plan().sections()).contains(Section.byDefault(AGENT));
    assertThat(plan().problems()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theAgentIsRunAsTheFileSaysWhenOnlyWhatIsDroppedInIsBroken(String name, String contents)
      throws IOException {
    write(file(), GOOD);
    write(dropIn(), contents);
    assertThat(plan().sections()).contains(HOURLY).doesNotContain(Section.byDefault(AGENT));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theAgentIsRunAsIsDroppedInWhenTheFileIsBroken(String name, String contents)
      throws IOException {
    write(file(), contents);
    write(dropIn(), GOOD);
    assertThat(plan().sections()).contains(HOURLY).doesNotContain(Section.byDefault(AGENT));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theAgentIsRunWhenAllIsBroken(String name, String contents) throws IOException {
    write(file(), contents);
    write(dropIn(), contents);
    assertThat(plan().sections()).contains(Section.byDefault(AGENT));
    assertThat(plan().problems()).isNotEmpty();
  }

  /** Root can read everything, but not these. */
  @Test
  void theAgentIsRunWhenNothingCanBeRead() throws IOException {
    Files.createDirectory(file());
    Files.createFile(folder.resolve("agentd.conf.d"));
    Plan noFiles = plan();
    assertThat(noFiles.sections()).containsExactly(Section.byDefault(AGENT));
    assertThat(noFiles.problems()).hasSize(3);

    Files.delete(file());
    Files.createSymbolicLink(file(), folder.resolve("gone"));
    assertThat(plan().sections()).containsExactly(Section.byDefault(AGENT));
    assertThat(plan().problems())
        .first()
        .asString()
        .contains("is a link to a file that is not there");
  }

  @Test
  void aSectionWithTheDefaultsNameMakesWayForItWhenItDoesNotRunTheAgent() throws IOException {
    write(file(), "[agent]\ncommand = \"/bin/true\"");
    assertThat(plan().sections()).containsExactly(Section.byDefault(AGENT));
    assertThat(plan().problems())
        .singleElement()
        .hasToString(
            file()
                + ": no section runs /opt/rudder/bin/rudder agent run: the agent is run every 5"
                + " min");
  }

  @Test
  void theAgentIsRunWhenWhatIsSaidCouldBeAnybodys() throws IOException {
    write(file(), GOOD);
    write(dropIn(), "[hourly]\ncommand = \"/bin/true\"");
    everybodyMayWrite(folder.resolve("agentd.conf.d"));
    assertThat(plan().sections()).containsExactly(HOURLY);
    assertThat(plan().problems()).hasSize(1);

    everybodyMayWrite(file());
    assertThat(plan().sections()).containsExactly(Section.byDefault(AGENT));
    assertThat(plan().problems()).hasSize(3);
  }

  private static void everybodyMayWrite(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xrwx"));
  }

  /** What is wrong with a section alone, and not with its file. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "period = \"1h\"",
        "command = 5",
        "command = \"\"",
        "command = \"rudder agent run\"",
        "command = \"/opt/rudder/bin/rudder agent run | logger\"",
        "command = \"/opt/rudder/bin/rudder agent run\"\nperiod = \"1s\"",
        "command = \"/opt/rudder/bin/rudder agent run\"\nperiod = \"often\"",
        "command = \"/opt/rudder/bin/rudder agent run\"\ninterval_begin = \"10m\"",
        "command = \"/opt/rudder/bin/rudder agent run\"\nmax_execution_duration = 0",
        "command = \"/opt/rudder/bin/rudder agent run\"\n"
            + "max_execution_duration = 99999999999999999",
        "command = \"/opt/rudder/bin/rudder agent run\"\nmax_concurrent_executions = 0",
        "command = \"/opt/rudder/bin/rudder agent\"",
        "command = \"/opt/rudder/bin/rudder agent health\"",
        "command = \"/opt/rudder/bin/rudder agent runs\""
      })
  void anInventoryIsNoAgentRunWhenTheAgentsOwnSectionIsBroken(String agent) throws IOException {
    String broken = "[agent]\n" + agent + "\n";
    for (String file : List.of(broken + HEALTHY_INVENTORY, HEALTHY_INVENTORY + "\n" + broken)) {
      write(file(), file);

      assertThat(plan().sections())
          .hasSize(2)
          .contains(Section.byDefault(AGENT))
          .anySatisfy(section -> assertThat(section.name()).isEqualTo("inventory"));
      assertThat(plan().problems())
          .last()
          .asString()
          .endsWith(
              "no section runs /opt/rudder/bin/rudder agent run: the agent is run every 5 min");
    }
  }

  @Test
  void anInventoryInAFileOfItsOwnIsNoAgentRunEither() throws IOException {
    write(file(), "[agent]\ncommand = 5");
    write(dropIn(), HEALTHY_INVENTORY);

    assertThat(plan().sections()).hasSize(2).contains(Section.byDefault(AGENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " -R", " -i -R", " -R -D force_inventory"})
  void anAgentWithOptionsOfItsOwnIsAnAgentRun(String options) throws IOException {
    write(
        file(),
        "[agent]\ncommand = \"/opt/rudder/bin/rudder agent run" + options + "\"\nperiod = \"1h\"");

    assertThat(plan().sections()).singleElement().isNotEqualTo(Section.byDefault(AGENT));
    assertThat(plan().problems()).isEmpty();
  }

  /** Where the words before the first option do not tell what is run, all have to be there. */
  @Test
  void theProgramAloneDoesNotMakeItAnAgentRun() throws IOException {
    write(file(), "[other]\ncommand = \"/bin/sh /usr/local/lib/backup\"");

    assertThat(Plan.read(file(), List.of("/bin/sh", "-c", "true")).sections()).hasSize(2);
  }

  static Stream<Arguments> broken() {
    return BROKEN.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  private static void write(Path file, String contents) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, contents.getBytes(ISO_8859_1));
  }
}
