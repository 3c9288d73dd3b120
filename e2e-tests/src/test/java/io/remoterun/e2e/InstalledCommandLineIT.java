package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Launcher.Ended;
import io.remoterun.testkit.ExternalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The command line as {@code config/cli/install} puts it on a machine, here below a folder. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstalledCommandLineIT {
  private static final Path INSTALLER = Launcher.PROJECT.resolve("config/cli/install");
  private static final List<String> FILES =
      List.of(
          "bin/remote-run",
          "bin/rudder-remote-run",
          "share/bash-completion/completions/remote-run",
          "share/fish/vendor_completions.d/remote-run.fish",
          "share/man/man1/remote-run.1",
          "share/zsh/site-functions/_remote-run");

  private Path folder = Path.of("");
  private Path prefix = Path.of("");
  private String said = "";

  @BeforeAll
  void installs(@TempDir Path temporary) throws Exception {
    folder = temporary;
    // As a person's own folder may be called.
    prefix = temporary.resolve("a prefix");
    said = installed(prefix);
  }

  private static String installed(Path prefix) throws Exception {
    Ended ended = install(System.getProperty("java.home"), prefix.toString());
    assertThat(ended.exit()).as(ended.problems()).isZero();
    assertThat(ended.problems()).isEmpty();
    return ended.out();
  }

  private static Ended install(String... arguments) throws Exception {
    return Launcher.run(Launcher.of(INSTALLER, arguments), "");
  }

  private Ended run(String program, String... arguments) throws Exception {
    return Launcher.run(Launcher.of(prefix.resolve("bin").resolve(program), arguments), "");
  }

  /** All but the program's own jars. */
  private static List<String> files(Path prefix) throws IOException {
    try (Stream<Path> files = Files.walk(prefix)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> prefix.relativize(file).toString())
          .filter(file -> !file.startsWith("lib/remote-run/cli/"))
          .sorted()
          .toList();
    }
  }

  @Test
  void isInstalledWithAllThatBelongsToItAndSaysWhere() throws Exception {
    assertThat(files(prefix)).isEqualTo(FILES);
    assertThat(FILES).allMatch(file -> said.contains(prefix.resolve(file) + "\n"));
    assertThat(run("remote-run", "--version").out()).startsWith("remote-run 0.");
    assertThat(run("rudder-remote-run", "-h").out()).startsWith("Usage: remote-run rudder ");
    assertThat(prefix.resolve("share/man/man1/remote-run.1")).content().startsWith(".TH REMOTE");
  }

  @Test
  void startsFromItsCache() throws Exception {
    Path log = folder.resolve("classes.log");
    ProcessBuilder help = Launcher.of(prefix.resolve("bin/remote-run"), "help");
    help.environment().put("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + log + "::filecount=0");
    assertThat(Launcher.run(help, "").exit()).isZero();

    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains(" picocli.") || line.contains(" io.remoterun."))
        .hasSizeGreaterThan(50)
        .allMatch(line -> line.contains("shared objects file"));
  }

  @Test
  void zshFindsItsCompletionByItself() throws Exception {
    ExternalProgram.require("zsh", "zsh");
    Path terminal =
        Files.writeString(
            folder.resolve("terminal"),
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; fpath=("%s" $fpath); autoload -Uz compinit; compinit -u -D; echo RE""ADY'
            zpty -r -m shell before '*READY*'
            zpty -w -n shell "remote-run tri"$'\\t'
            zpty -r -m shell typed "*trigger*" && print found
            zpty -d shell
            """
                .formatted(prefix.resolve("share/zsh/site-functions")));
    ProcessBuilder zsh = new ProcessBuilder("zsh", "-f", terminal.toString());

    assertThat(Launcher.run(zsh, "").out()).contains("found");
  }

  @Test
  void fishFindsItsCompletionByItself() throws Exception {
    ExternalProgram.require("fish", "fish");
    ProcessBuilder fish = new ProcessBuilder("fish", "-c", "complete -C 'remote-run tri'");
    fish.environment().put("HOME", folder.toString());
    fish.environment().put("XDG_DATA_DIRS", prefix.resolve("share").toString());
    fish.environment().merge("PATH", prefix.resolve("bin") + ":", (path, own) -> own + path);

    assertThat(Launcher.run(fish, "").out()).startsWith("trigger\t");
  }

  @Test
  void installedAgainItIsTheSameAndRemovedNothingOfItIsLeft() throws Exception {
    Path other = folder.resolve("other");
    installed(other);
    Path jar = other.resolve("lib/remote-run/cli/remote-run-cli.jar");
    Files.write(jar, "broken".getBytes(UTF_8));
    Files.writeString(other.resolve("bin/another"), "");
    installed(other);

    assertThat(files(other)).contains("bin/another").containsAll(FILES).hasSize(FILES.size() + 1);
    assertThat(jar).hasSize(Files.size(prefix.resolve("lib/remote-run/cli/remote-run-cli.jar")));
    assertThat(install("--remove", other.toString()).out()).contains("Removed remote-run from ");
    assertThat(files(other)).containsExactly("bin/another");
    assertThat(other.resolve("lib/remote-run")).doesNotExist();
  }

  @Test
  void whatItIsNotInstalledForIsSaid() throws Exception {
    assertThat(run("remote-run", "status")).extracting(Ended::exit).isEqualTo(64);
    assertThat(run("remote-run", "relay,webapp").problems()).contains("java -jar remote-run.jar");
    assertThat(install("/nowhere", prefix.toString()).problems()).contains("no JDK 25");
    assertThat(
            install(System.getProperty("java.home"), prefix.toString(), folder.toString())
                .problems())
        .contains("no command line was built there");
    assertThat(install().exit()).isEqualTo(2);
  }
}
