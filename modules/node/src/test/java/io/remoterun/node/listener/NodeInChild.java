package io.remoterun.node.listener;

import java.nio.file.Path;

/** A node in a process of its own: says at which port, and ends with its standard input. */
final class NodeInChild {
  private NodeInChild() {}

  public static void main(String[] arguments) throws Exception {
    try (RunningNode node =
        RunningNode.in(Path.of(arguments[0])).script("echo hello").connections(1000).start()) {
      System.out.println("port " + node.listener.port());
      while (System.in.read() >= 0) {
        // only its end means something
      }
    }
  }
}
