package io.remoterun.testkit;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The helper's socket, as systemd would have it: what a connection gets, what is its standard input
 * and who may connect is what the units say, with another group for the node.
 */
public final class HelperSocket implements AutoCloseable {
  /** Of the node, in place of {@code remote-run}. */
  public static final int GID = 65534;

  private static final String SOCKET = "remote-run-helper.socket";
  private static final String SERVICE = "remote-run-helper@.service";
  private static final String NODE = "remote-run-node.service";

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
    List<String> command = new ArrayList<>(List.of(program, "-l", "" + path));
    if (unit(SOCKET, "Accept").equals("yes")) {
      command.add("--accept");
    }
    if (unit(SERVICE, "StandardInput").equals("socket")) {
      command.add("--inetd");
    }
    command.add(helper.script().toString());
    Process activator =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(helper.folder().resolve("socket.log").toFile())
            .start();
    Eventually.await("the socket is there", () -> Files.exists(path), () -> "none");
    InstalledHelper.run("chown", unit(SOCKET, "SocketUser") + ":" + group(), path.toString());
    InstalledHelper.run("chmod", unit(SOCKET, "SocketMode"), path.toString());
    return new HelperSocket(activator, path);
  }

  private static String group() throws IOException {
    String group = unit(SOCKET, "SocketGroup");
    return group.equals(unit(NODE, "Group")) ? String.valueOf(GID) : group;
  }

  /** What a unit in the repository's configuration says of that, which it has to say once. */
  public static String unit(String name, String key) throws IOException {
    Path unit = InstalledHelper.configuration().resolve("systemd").resolve(name);
    Pattern line = Pattern.compile("(?m)^" + key + "=(.*)$");
    List<MatchResult> found = line.matcher(Files.readString(unit)).results().toList();
    if (found.size() != 1) {
      throw new IOException(unit + " has " + found.size() + " lines " + key + "=");
    }
    return found.getFirst().group(1);
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
