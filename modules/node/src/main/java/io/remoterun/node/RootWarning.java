package io.remoterun.node;

import io.remoterun.node.agent.AgentStart;
import io.remoterun.process.RootOwned;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is said of a node that is root and talks to the network. */
final class RootWarning {
  private RootWarning() {}

  /** It is usual in a container only. */
  static Optional<String> of(InetSocketAddress listens, AgentStart start) throws IOException {
    return of(listens, start, isRoot(), isContained());
  }

  static Optional<String> of(
      InetSocketAddress listens, AgentStart start, boolean isRoot, boolean isContained) {
    if (listens.getAddress().isLoopbackAddress() || isContained || !isRoot) {
      return Optional.empty();
    }
    String remedy =
        start == AgentStart.DIRECT ? " and remote-run.node.agent.start: helper or sudo" : "";
    return Optional.of("the node is root: give it a user of its own" + remedy);
  }

  /** Whoever could change what it starts itself would be root with the next run. */
  static Optional<String> ofAgent(InetSocketAddress listens, AgentStart start, List<String> command)
      throws IOException {
    return ofAgent(listens, start, command, isRoot());
  }

  static Optional<String> ofAgent(
      InetSocketAddress listens, AgentStart start, List<String> command, boolean isRoot) {
    if (listens.getAddress().isLoopbackAddress() || start != AgentStart.DIRECT || !isRoot) {
      return Optional.empty();
    }
    try {
      RootOwned.check(command);
      return Optional.empty();
    } catch (SecurityException e) {
      return Optional.of("the agent runs as root, and others could change it: " + e.getMessage());
    } catch (IOException | InvalidPathException e) {
      // No reason not to start: the agent may be mended without the node.
      String words = Printable.of(e.toString());
      return Optional.of("the agent runs as root, and whose it is cannot be seen: " + words);
    }
  }

  private static boolean isContained() {
    return System.getenv("container") != null
        || Files.exists(Path.of("/.dockerenv"))
        || Files.exists(Path.of("/run/.containerenv"));
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
