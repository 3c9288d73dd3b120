package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the installer does not build on: whatever somebody else than root could replace. */
@NeedsRoot
class HelperInstallTest {
  private InstalledHelper helper;

  @BeforeEach
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
  }

  @AfterEach
  void removes() throws IOException {
    helper.close();
  }

  @Test
  void refusesAJdkThatOthersCanChange() throws IOException {
    Path java = program("jdk/bin/java");
    mode(java, "rwxrwxr-x");

    assertRefused("jdk", "lib", java + ": of the JDK, can be changed by others than root");
  }

  @Test
  void refusesAJdkThatOthersCanPutAnotherOneInThePlaceOf() throws IOException {
    program("opt/jdk/bin/java");
    Path above = helper.folder().resolve("opt");
    mode(above, "rwxrwxrwx");

    assertRefused("opt/jdk", "lib", above + ": above ");
    mode(above, "rwxr-xr-x");
    Files.setAttribute(above, "unix:uid", InstalledHelper.UID);
    assertRefused("opt/jdk", "lib", above + ": above ");
  }

  @Test
  void refusesToPutTheHelperWhereOthersCanReplaceIt() throws IOException {
    program("jdk/bin/java");
    Path above = Files.createDirectories(helper.folder().resolve("usr"));
    mode(above, "rwxrwxrwx");

    assertRefused("jdk", "usr/lib", above + ": above ");
    Path lib = Files.createDirectories(helper.folder().resolve("mine"));
    Files.setAttribute(lib, "unix:uid", InstalledHelper.UID);
    assertRefused("jdk", "mine", lib + ": where the helper goes");
  }

  /** As with one that is too old for its options. */
  @Test
  void saysThatTheHelperDoesNotStart() throws IOException {
    Path java = program("jdk/bin/java");
    Files.writeString(java, "#!/bin/sh\necho Unrecognized VM option >&2; exit 1\n");

    assertThatThrownBy(() -> install("jdk", "lib"))
        .hasMessageContaining("the helper does not start with " + helper.folder() + "/jdk")
        .hasMessageContaining("Unrecognized VM option");
  }

  /** As of "run-helper-*.jar" after an update. */
  @Test
  void refusesTwoVersionsOfTheHelper() {
    assertThatThrownBy(
            () -> run("/jdk", "run-helper-1.jar", "run-helper-2.jar", "agent-process-1.jar"))
        .hasMessageContaining("run-helper-2.jar: to be the jars of run-helper and agent-process");
  }

  private Path program(String name) throws IOException {
    Path file = helper.folder().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    mode(file, "rwxr-xr-x");
    return file;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private void assertRefused(String home, String lib, String reason) {
    assertThatThrownBy(() -> install(home, lib)).hasMessageContaining(reason);
    assertThat(helper.folder().resolve(lib).resolve("run-helper")).doesNotExist();
  }

  private void install(String home, String lib) throws IOException {
    Path folder = helper.folder();
    run(
        "" + folder.resolve(home),
        "" + folder.resolve("run-helper.jar"),
        "" + folder.resolve("agent-process.jar"),
        "" + folder.resolve(lib),
        "" + helper.settingsFile());
  }

  private static void run(String... arguments) throws IOException {
    String program = InstalledHelper.configuration().resolve("helper/install").toString();
    InstalledHelper.run(
        Stream.concat(Stream.of(program), Stream.of(arguments)).toArray(String[]::new));
  }
}
