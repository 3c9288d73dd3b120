package io.remoterun.process;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A program that stops agents that ignore TERM, with so many descriptors left as its arguments say.
 * It is to be started with few. Prints whether nothing was left, and how the agent ended.
 */
final class StopWithoutDescriptors {
  private static final List<String> DEAF =
      List.of("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");

  private StopWithoutDescriptors() {}

  public static void main(String[] arguments) throws IOException {
    // The first time takes descriptors for classes.
    stop(10);
    for (String free : arguments) {
      System.out.println(free + " left: " + stop(Integer.parseInt(free)));
    }
  }

  private static String stop(int free) throws IOException {
    Deque<FileInputStream> taken = new ArrayDeque<>();
    try (AgentChild agent = AgentChild.start(DEAF, Map.of("PATH", "/usr/bin:/bin"))) {
      // Or it would go on without end if it is not stopped.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(agent)));
      agent.read(new byte[100]);
      takeAllBut(free, taken);
      boolean isOver = agent.stop(Duration.ofMillis(200));
      AgentEnd end = agent.awaitEnd();
      return isOver + " " + end;
    } finally {
      while (!taken.isEmpty()) {
        taken.removeLast().close();
      }
    }
  }

  private static void takeAllBut(int free, Deque<FileInputStream> taken) throws IOException {
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (FileNotFoundException e) {
      for (int count = 0; count < free; count++) {
        taken.removeLast().close();
      }
    }
  }

  private static void kill(AgentChild agent) {
    if (!agent.hasEnded()) {
      ProcessHandle.of(agent.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
