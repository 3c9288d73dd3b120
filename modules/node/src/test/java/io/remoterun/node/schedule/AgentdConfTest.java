package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentdConfTest {
  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("agentd.conf");
  }

  private AgentdConf conf(String toml) throws IOException {
    Files.writeString(file(), toml);
    return AgentdConf.read(file());
  }

  private void dropIn(String name, String toml) throws IOException {
    Files.createDirectories(folder.resolve("agentd.conf.d"));
    Files.writeString(folder.resolve("agentd.conf.d/" + name), toml);
  }

  @Test
  void theSampleSaysTheDefaultsAndHasAnExampleOfEachKey() throws IOException {
    AgentdConf sample = conf(Files.readString(Path.of("../../config/agentd.conf")));

    assertThat(sample.problems()).isEmpty();
    assertThat(sample.sections())
        .containsExactly(
            Section.byDefault(List.of("/opt/rudder/bin/rudder", "agent", "run", "-R")),
            new Section(
                "inventory",
                List.of("/opt/rudder/bin/rudder", "agent", "inventory"),
                new Timing(Duration.ofHours(24), Duration.ofHours(2), Duration.ofHours(6)),
                Duration.ofMinutes(30),
                1));
  }

  @Test
  void whatIsNotSaidHasRuddersDefault() throws IOException {
    assertThat(conf("[a]\ncommand = \"/a b\"").sections())
        .containsExactly(
            new Section(
                "a",
                List.of("/a", "b"),
                new Timing(Duration.ofMinutes(5), Duration.ZERO, Duration.ofMinutes(5)),
                Duration.ofHours(1),
                1));
  }

  @Test
  void theEndOfTheIntervalIsThePeriodUnlessItIsSaid() throws IOException {
    assertThat(conf("[a]\ncommand = \"/a\"\nperiod = \"1h30m\"").sections())
        .extracting(section -> section.timing().end())
        .containsExactly(Duration.ofMinutes(90));
  }

  @Test
  void ofTwoSectionsOfOneNameTheLaterFileHasTheLastWord() throws IOException {
    dropIn("b.conf", "[a]\ncommand = \"/second\"");
    dropIn("a.conf", "[a]\ncommand = \"/first\"\n[b]\ncommand = \"/b\"");
    dropIn("c.conf~", "[a]\ncommand = \"/editor\"");
    AgentdConf conf = conf("[a]\ncommand = \"/main\"");

    assertThat(conf.sections())
        .extracting(Section::name, section -> section.command().getFirst())
        .containsExactly(tuple("a", "/second"), tuple("b", "/b"));
    assertThat(conf.problems()).isEmpty();
  }

  @Test
  void aBrokenSectionDoesNotReplaceOneThatIsWhole() throws IOException {
    dropIn("a.conf", "[a]\ncommand = \"/second\"\nperiod = \"1s\"");
    AgentdConf conf = conf("[a]\ncommand = \"/main\"");

    assertThat(conf.sections()).extracting(s -> s.command().getFirst()).containsExactly("/main");
    assertThat(conf.problems())
        .containsExactly(
            new Problem(
                folder + "/agentd.conf.d/a.conf [a]", "period must be between 1 min and 24 h"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "period = `5m`|command is missing",
        "command = 5|command should be a text",
        "command = ``|command must begin with the whole path of a program",
        "command = `rudder agent run`|command must begin with the whole path of a program",
        "command = `/bin/sh -c 'x y'`|command has a character for a shell",
        "command = `/bin/a > /dev/null`|command has a character for a shell",
        "command = `/bin/a \\u0000`|command has a character for a shell",
        "period = `59s`|period must be between 1 min and 24 h",
        "period = `25h`|period must be between 1 min and 24 h",
        "period = 0|period must be between 1 min and 24 h",
        "period = -5|period should be a duration, such as",
        "period = 5.5|period should be a duration, such as",
        "period = true|period should be a duration, such as",
        "period = [`5m`]|period should be a duration, such as",
        "period = `soon`|period should be a duration, such as",
        "period = `99999999999999999999h`|period should be a duration, such as",
        "period = `90500ms`|period must be in whole seconds",
        "interval_begin = `24h`|interval_begin must be less than 24 h",
        "interval_begin = `6m`|interval_end must not be before interval_begin",
        "interval_end = `1441min`|interval_end must be at most 24 h",
        "max_execution_duration = `0s`|max_execution_duration must be between 1 s and 365 days",
        "max_execution_duration = `366d`|max_execution_duration must be between 1 s and 365 days",
        "max_concurrent_executions = 0|max_concurrent_executions must be between 1 and 100",
        "max_concurrent_executions = 101|max_concurrent_executions must be between 1 and 100",
        "max_concurrent_executions = 9999999999|max_concurrent_executions should be a number",
        "max_concurrent_executions = `2`|max_concurrent_executions should be a number",
      })
  void aValueThatIsWrongIsNamedWithItsFileAndSection(String line, String words) throws IOException {
    String toml = line.replace('`', '"');
    String command =
        toml.startsWith("command") || words.startsWith("command is") ? "" : "command = \"/a\"\n";
    AgentdConf conf = conf("[ok]\ncommand = \"/ok\"\n[bad]\n" + command + toml);

    assertThat(conf.sections()).extracting(Section::name).containsExactly("ok");
    assertThat(conf.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.place()).isEqualTo(file() + " [bad]");
              assertThat(problem.words()).startsWith(words);
            });
  }

  @Test
  void whatIsMisspeltIsToldAndTheSectionIsUsed() throws IOException {
    AgentdConf conf = conf("[a]\ncommand = \"/a\"\nperiods = \"1h\"");

    assertThat(conf.sections()).hasSize(1);
    assertThat(conf.problems())
        .containsExactly(new Problem(file() + " [a]", "there is no key periods: it does nothing"));
  }

  @Test
  void whatBelongsToNoSectionAndNamesThatAreNoneAreTold() throws IOException {
    AgentdConf conf = conf("command = \"/a\"\n[\"a b\\n\"]\ncommand = \"/a\"");

    assertThat(conf.sections()).isEmpty();
    assertThat(conf.problems())
        .extracting(Problem::toString)
        .containsExactly(
            file() + " [command]: is no section: a [section] has the keys of one command",
            file() + " [a b?]: a section's name is 1 to 64 of a-z A-Z 0-9 _ -");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "period = # none|, near line 3: Comment not permitted here",
        "[[[|, near line 3: ",
        "command = '/b'|, near line 3: Duplicate key",
      })
  void ofWhatIsNoTomlTheLineIsTold(String line, String words) throws IOException {
    AgentdConf conf = conf("[a]\ncommand = \"/a\"\n" + line);

    assertThat(conf.sections()).isEmpty();
    assertThat(conf.problems())
        .singleElement()
        .asString()
        .startsWith(file() + ": is no TOML" + words);
  }

  @Test
  void aFileThatEverybodyMayWriteIsNotUsed() throws IOException {
    Files.writeString(file(), "[a]\ncommand = \"/a\"");
    everybodyMayWrite(file());

    AgentdConf conf = AgentdConf.read(file());
    assertThat(conf.sections()).isEmpty();
    assertThat(conf.problems())
        .containsExactly(
            new Problem(
                file().toString(),
                "is not used, because everybody may write it (chmod o-w " + file() + ")"));
  }

  @Test
  void nothingIsUsedOfAFolderThatEverybodyMayWrite() throws IOException {
    dropIn("x.conf", "[x]\ncommand = \"/x\"");
    Path dropIns = folder.resolve("agentd.conf.d");
    everybodyMayWrite(dropIns);
    AgentdConf conf = conf("[a]\ncommand = \"/a\"");

    assertThat(conf.sections()).extracting(Section::name).containsExactly("a");
    assertThat(conf.problems())
        .containsExactly(
            new Problem(
                dropIns.toString(),
                "is not used, because everybody may write it (chmod o-w " + dropIns + ")"));

    everybodyMayWrite(folder);
    assertThat(AgentdConf.read(file()).sections()).isEmpty();
    assertThat(AgentdConf.read(file()).problems())
        .extracting(Problem::place)
        .containsExactly(folder.toString());
  }

  private static void everybodyMayWrite(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xrwx"));
  }

  /** Only root can give a file away. */
  @Nested
  @NeedsRoot
  class WhatBelongsToOthers {
    @Test
    void isNotUsed() throws IOException {
      dropIn("x.conf", "[x]\ncommand = \"/x\"");
      dropIn("y.conf", "[y]\ncommand = \"/y\"");
      Path dropIns = folder.resolve("agentd.conf.d");
      Path alien = dropIns.resolve("x.conf");
      Files.setAttribute(alien, "unix:uid", InstalledHelper.UID);
      AgentdConf conf = conf("[a]\ncommand = \"/a\"");

      assertThat(conf.sections()).extracting(Section::name).containsExactly("a", "y");
      assertThat(conf.problems()).containsExactly(belongsToNobody(alien));

      Files.setAttribute(dropIns, "unix:uid", InstalledHelper.UID);
      Files.setAttribute(file(), "unix:uid", InstalledHelper.UID);
      assertThat(AgentdConf.read(file()).sections()).isEmpty();
      assertThat(AgentdConf.read(file()).problems())
          .containsExactly(belongsToNobody(file()), belongsToNobody(dropIns));
    }

    private static Problem belongsToNobody(Path path) {
      return new Problem(
          path.toString(),
          "is not used, because it belongs to nobody, who is neither root nor the node's user, root"
              + " (chown root "
              + path
              + ")");
    }

    @Test
    void isUsedIfTheyAreTheNodesOwnUser() throws IOException {
      Path self = Files.createFile(folder.resolve("self"));
      Files.setAttribute(self, "unix:uid", InstalledHelper.UID);
      Files.writeString(file(), "[a]\ncommand = \"/a\"");
      Files.setAttribute(file(), "unix:uid", InstalledHelper.UID);

      AgentdConf conf = AgentdConf.read(file(), new Trust(self));
      assertThat(conf.problems()).isEmpty();
      assertThat(conf.sections()).extracting(Section::name).containsExactly("a");
    }
  }
}
