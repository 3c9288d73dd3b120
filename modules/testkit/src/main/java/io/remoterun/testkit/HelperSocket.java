package io.remoterun.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The helper's socket, as systemd has it: each connection gets a helper of its own. */
public final class HelperSocket implements AutoCloseable {
  private final Process activator;
  private final Path path;

  private HelperSocket(Process activator, Path path) {
    this.activator = activator;
    this.path = path;
  }

  /** Everybody can connect; the helper checks the user. */
  public static HelperSocket listen(InstalledHelper helper) throws IOException {
    Path path = helper.folder().resolve("socket");
    Files.deleteIfExists(path);
    String program = ExternalProgram.require("systemd-socket-activate", "systemd").toString();
    Process activator =
        new ProcessBuilder(
                program, "--accept", "--inetd", "-l", "" + path, helper.script().toString())
            .redirectErrorStream(true)
            .redirectOutput(helper.folder().resolve("socket.log").toFile())
            .start();
    Eventually.await("the socket is there", () -> Files.exists(path), () -> "none");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    return new HelperSocket(activator, path);
  }

  public Path path() {
    return path;
  }

  /** Helpers that run go on. */
  @Override
  public void close() {
    activator.destroy();
    activator.onExit().join();
  }
}
