package io.remoterun.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The repository's sudoers file, for this helper and its user, while this is open. */
public final class Sudoers implements AutoCloseable {
  private final Path file;

  private Sudoers(Path file) {
    this.file = file;
  }

  public static Sudoers allow(InstalledHelper helper) throws IOException {
    String sample =
        Files.readString(InstalledHelper.configuration().resolve("sudoers.d/remote-run"));
    String visudo = ExternalProgram.require("visudo", "sudo").toString();
    Path checked = helper.folder().resolve("sudoers");
    Files.writeString(
        checked,
        sample
            .replace("/usr/lib/remote-run/run-helper", helper.script().toString())
            .replace("\nremote-run ", "\n" + InstalledHelper.USER + " "));
    Files.setPosixFilePermissions(checked, PosixFilePermissions.fromString("r--r-----"));
    InstalledHelper.run(visudo, "-c", "-f", checked.toString());
    Path file = Path.of("/etc/sudoers.d", helper.folder().getFileName().toString());
    return new Sudoers(Files.move(checked, file));
  }

  @Override
  public void close() throws IOException {
    Files.delete(file);
  }
}
