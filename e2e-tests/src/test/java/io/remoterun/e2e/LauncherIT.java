package io.remoterun.e2e;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.e2e.Launcher.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which program the first word starts, and that the command line starts from its cache. */
class LauncherIT {
  private static final String ROW =
      "n1> -> R: @@Ntp@@result_repaired@@r@@d@@0@@Service@@None@@2026-01-01"
          + " 00:00:00+00:00##n1@#Größe\n";

  @TempDir Path folder;

  /** Whoever is first lays the command line out, and says so. */
  @BeforeAll
  static void isPrepared() throws Exception {
    assertThat(Launcher.run("--version").exit()).isZero();
  }

  @Test
  void anyWordThatIsNoRoleIsForTheCommandLine() throws Exception {
    assertThat(Launcher.run("--version").out()).startsWith("remote-run 0.");
    assertThat(Launcher.run().out()).contains("Usage: remote-run", "format", "webapp, relay, node");
    assertThat(Launcher.run("no-such-word").exit()).isEqualTo(64);
    assertThat(Launcher.run("webapp-not")).extracting(Ended::exit).isEqualTo(64);
  }

  @Test
  void rolesAndStatusAreOfTheServerProgram() throws Exception {
    assertThat(Launcher.run("relay,node", "no-such-file.yml").problems())
        .contains("cannot read no-such-file.yml");
    assertThat(Launcher.run("status", folder.resolve("no.sock").toString()).exit()).isEqualTo(2);
  }

  @Test
  void theDemoIsBuiltTogetherWithTheCommandLine() throws Exception {
    assertThat(built("demo")).contains("-pl modules/app,modules/cli -am");
    assertThat(built("status")).contains("-pl modules/app -am");
    assertThat(built("nodes")).contains("-pl modules/cli -am");
  }

  /** What Maven is asked for in a checkout where nothing is built; a script in its place fails. */
  private String built(String word) throws Exception {
    Path checkout = Files.createTempDirectory(folder, "checkout");
    Path program = Files.copy(Launcher.PROGRAM, checkout.resolve("remote-run"), COPY_ATTRIBUTES);
    Files.createDirectories(checkout.resolve("modules/protocol"));
    Files.createDirectories(checkout.resolve("modules/cli"));
    Files.createFile(checkout.resolve("pom.xml"));
    Path programs = Files.createDirectory(checkout.resolve("bin"));
    Path maven = programs.resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho \"$@\" >asked\nexit 1\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder build = Launcher.of(program, word);
    build.environment().remove("REMOTE_RUN_BUILD");
    build.environment().merge("PATH", programs.toString(), (path, own) -> own + ":" + path);

    assertThat(Launcher.run(build, "").problems()).contains("the build failed");
    return Files.readString(checkout.resolve("asked"));
  }

  @Test
  void aLinkToItFindsTheProgram() throws Exception {
    Path first = Files.createSymbolicLink(folder.resolve("first"), Launcher.PROGRAM);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("first"));

    assertThat(Launcher.run(Launcher.of(link, "--version"), "").out()).startsWith("remote-run ");
    Files.delete(link);
    Files.delete(first);
  }

  @Test
  void formatsWhateverTheLocaleIs() throws Exception {
    ProcessBuilder format = Launcher.of(Launcher.PROGRAM, "format", "--host-column");
    format.environment().put("LC_ALL", "C");

    Ended ended = Launcher.run(format, ROW);

    assertThat(ended.problems()).isEmpty();
    assertThat(ended.out()).contains("n1    E repaired", "Größe");
  }

  /** Old classes are left out of it: those of picocli are rewritten when it is laid out. */
  @Test
  void everyClassComesFromTheCache() throws Exception {
    Path log = folder.resolve("classes.log");
    ProcessBuilder help = Launcher.of(Launcher.PROGRAM, "help");
    help.environment().put("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + log + "::filecount=0");
    assertThat(Launcher.run(help, "").exit()).isZero();

    List<String> classes = Files.readAllLines(log);
    assertThat(classes)
        .filteredOn(line -> line.contains(" picocli.") || line.contains(" io.remoterun."))
        .hasSizeGreaterThan(50)
        .allMatch(line -> line.contains("shared objects file"));
    assertThat(classes)
        .noneMatch(line -> line.matches(".* (org\\.bouncycastle|io\\.netty|reactor)\\..*"));
  }
}
