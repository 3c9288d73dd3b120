package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.ExternalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the commands for shells and for man. */
class ShellsTest {
  @TempDir Path folder;

  private String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", folder.toString());
    builder.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    Process process = builder.start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }

  private Path file(String... command) throws IOException {
    Ran ran = Ran.with(command);
    assertThat(ran.exit()).as(ran.problems()).isZero();
    return Files.writeString(folder.resolve("made"), ran.out());
  }

  /** What bash offers after these words. */
  private List<String> offered(Path script, String... words) throws Exception {
    List<String> quoted = new ArrayList<>();
    for (String word : words) {
      quoted.add("'" + word + "'");
    }
    String asks =
        // Only bash itself may say this, when it completes.
        "compopt() { :; }; source "
            + script
            + "; COMP_WORDS=(remote-run "
            + String.join(" ", quoted)
            + "); COMP_CWORD="
            + words.length
            + "; _remote_run; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run("bash", "-c", asks).lines().map(String::strip).toList();
  }

  /** In place of this program it tells two nodes. */
  @BeforeEach
  void nodesAreTold() throws IOException {
    Path program =
        Files.writeString(
            folder.resolve("remote-run"),
            """
            #!/bin/sh
            [ "$*" = "nodes --names" ] && printf 'web.example\\tn1\\nshop.example\\tn2\\n'
            """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Path script = file("completion", "bash");

    assertThat(offered(script, "tri")).containsExactly("trigger");
    assertThat(offered(script, "trigger", "--out")).containsExactly("--output-dir");
    assertThat(offered(script, "keys", "g")).containsExactly("generate");
    assertThat(offered(script, "trigger", "--tok")).containsExactly("--token-file");
    assertThat(offered(script, "d")).containsExactlyInAnyOrder("doctor", "demo");
  }

  @Test
  void bashCompletesNodesWhereOneIsMeant() throws Exception {
    Path script = file("completion", "bash");

    assertThat(offered(script, "doctor", "w")).containsExactly("web.example");
    assertThat(offered(script, "trigger", "--json", ""))
        .containsExactly("web.example", "shop.example");
    assertThat(offered(script, "runs", "--node", "s")).containsExactly("shop.example");
    assertThat(offered(script, "trigger", "--group", "w")).containsExactly("");
    assertThat(offered(script, "runs", "w")).containsExactly("");
  }

  /** On a terminal, as a person has it. */
  @Test
  @Timeout(60)
  void zshCompletesCommandsAndNodes() throws Exception {
    ExternalProgram.require("zsh", "zsh");
    Path script = file("completion", "zsh");
    Path terminal =
        Files.writeString(
            folder.resolve("terminal"),
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source %s; echo RE""ADY'
            zpty -r -m shell before '*READY*'
            zpty -w -n shell "$1"$'\\t'
            zpty -r -m shell typed "*$2*" && print found
            zpty -d shell
            """
                .formatted(script));

    assertThat(run("zsh", "-f", terminal.toString(), "remote-run tri", "trigger"))
        .contains("found");
    assertThat(run("zsh", "-f", terminal.toString(), "remote-run doctor w", "web.example"))
        .contains("found");
  }

  @Test
  void fishCompletesCommandsAndOptions() throws Exception {
    ExternalProgram.require("fish", "fish");
    Path script = file("completion", "fish");
    String ask = "source " + script + "; complete -C 'remote-run ";

    assertThat(run("fish", "-c", ask + "tri'")).startsWith("trigger\t");
    assertThat(run("fish", "-c", ask + "trigger --fail'"))
        .contains("--fail-after\tBegin no more", "or per cent of all");
    assertThat(run("fish", "-c", ask + "keys g'")).startsWith("generate\t");
    assertThat(run("fish", "-c", ask + "dem'")).startsWith("demo\t");
  }

  @Test
  void fishOffersWhatAValueMayBe() throws Exception {
    ExternalProgram.require("fish", "fish");
    String ask =
        "cd " + folder + "; source " + file("completion", "fish") + "; complete -C 'remote-run ";

    assertThat(run("fish", "-c", ask + "doctor w'")).isEqualTo("web.example\tn1\n");
    assertThat(run("fish", "-c", ask + "completion '").lines())
        .containsExactly("bash", "fish", "zsh");
    assertThat(run("fish", "-c", ask + "trigger --color '"))
        .contains("always\t", "never\t")
        .doesNotContain("made");
    assertThat(run("fish", "-c", ask + "trigger --where '")).isEmpty();
    assertThat(run("fish", "-c", ask + "keys digest m'")).startsWith("made");
  }

  @Test
  void theManualPageIsWellFormed() throws Exception {
    ExternalProgram.require("mandoc", "mandoc");
    run("mandoc", "-Tlint", "-Wwarning", file("man").toString());
  }

  @Test
  void theManualPageHasEveryCommandAndEveryOption() {
    String page = Ran.with("man").out();

    assertThat(page)
        .contains(".SS trigger\n", ".SS keys generate\n", ".SS rudder\n")
        .contains("\\fB\\-e\\fR, \\fB\\-\\-fail\\-on\\-error\\fR")
        .doesNotContain("\\-\\-token\\fR");
  }
}
