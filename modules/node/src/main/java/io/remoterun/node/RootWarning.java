package io.remoterun.node;

import io.remoterun.node.agent.AgentStart;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A node that is root and talks to the network; which is usual in a container only. */
final class RootWarning {
  private RootWarning() {}

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

  private static boolean isContained() {
    return System.getenv("container") != null
        || Files.exists(Path.of("/.dockerenv"))
        || Files.exists(Path.of("/run/.containerenv"));
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
