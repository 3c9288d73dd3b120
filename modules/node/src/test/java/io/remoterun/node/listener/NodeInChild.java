package io.remoterun.node.listener;

import io.remoterun.node.status.NodeStatus;
import io.remoterun.node.status.StatusSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A node in a process of its own: says at which port, tells its status, and ends with its standard
 * input.
 */
final class NodeInChild {
  private NodeInChild() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    StatusSocket status = status(folder.resolve("status.sock"));
    status.start();
    try (RunningNode node = RunningNode.in(folder).script("echo hello").connections(1000).start()) {
      System.out.println("port " + node.listener.port());
      while (System.in.read() >= 0) {
        // only its end means something
      }
    } finally {
      status.stop();
    }
  }

  private static StatusSocket status(Path path) {
    Instant now = Instant.EPOCH;
    NodeStatus.Schedule schedule = new NodeStatus.Schedule(false, List.of(), List.of());
    NodeStatus well =
        new NodeStatus("n1", "", now, now, null, 0, List.of(), List.of(), List.of(), schedule);
    return new StatusSocket(path, () -> well, LoggerFactory.getLogger("status"));
  }
}
