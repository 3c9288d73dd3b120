package io.remoterun.testkit;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The helper's socket, as systemd has it: each connection gets a helper of its own, and who may
 * connect is what the unit says, with another group.
 */
public final class HelperSocket implements AutoCloseable {
  /** Of the node, in place of {@code remote-run}. */
  public static final int GID = 65534;

  private static final Pattern MODE = Pattern.compile("(?m)^SocketMode=0([0-7]{3})$");

  private final Process activator;
  private final Path path;

  private HelperSocket(Process activator, Path path) {
    this.activator = activator;
    this.path = path;
  }

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
    Files.setAttribute(path, "unix:gid", GID);
    InstalledHelper.run("chmod", mode(), path.toString());
    return new HelperSocket(activator, path);
  }

  private static String mode() throws IOException {
    Path unit = InstalledHelper.configuration().resolve("systemd/remote-run-helper.socket");
    Matcher mode = MODE.matcher(Files.readString(unit));
    if (!mode.find()) {
      throw new IOException(unit + " has no SocketMode");
    }
    return mode.group(1);
  }

  public Path path() {
    return path;
  }

  /** What helpers have said at standard error, and the activator of them. */
  public String journal() throws IOException {
    return Files.readString(path.resolveSibling("socket.log"));
  }

  /** Helpers that run go on. */
  @Override
  public void close() {
    activator.destroy();
    activator.onExit().join();
  }
}
