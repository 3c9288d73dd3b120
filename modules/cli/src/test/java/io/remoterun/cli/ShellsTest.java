package io.remoterun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the commands for shells and for man. */
class ShellsTest {
  @TempDir Path folder;

  /** Few machines have all of these. */
  private static void isThere(String program) {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, program))),
        program + " is not installed");
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
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
            + "; _complete_remote-run; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run("bash", "-c", asks).lines().map(String::strip).toList();
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Path script = file("completion", "bash");

    assertThat(offered(script, "tri")).containsExactly("trigger");
    assertThat(offered(script, "trigger", "--out")).containsExactly("--output-dir");
    assertThat(offered(script, "keys", "g")).containsExactly("generate");
    assertThat(offered(script, "trigger", "--tok")).containsExactly("--token-file");
  }

  @Test
  void zshReadsTheScript() throws Exception {
    isThere("zsh");
    run("zsh", "-n", file("completion", "zsh").toString());
  }

  @Test
  void fishCompletesCommandsAndOptions() throws Exception {
    isThere("fish");
    Path script = file("completion", "fish");
    String ask = "source " + script + "; complete -C 'remote-run ";

    assertThat(run("fish", "-c", ask + "tri'")).startsWith("trigger\t");
    assertThat(run("fish", "-c", ask + "trigger --fail'"))
        .contains("--fail-after\tBegin no more", "or per cent of all");
    assertThat(run("fish", "-c", ask + "keys g'")).startsWith("generate\t");
  }

  @Test
  void theManualPageIsWellFormed() throws Exception {
    isThere("mandoc");
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
