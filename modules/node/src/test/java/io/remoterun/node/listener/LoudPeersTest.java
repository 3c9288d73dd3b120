package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An admitted relay that asks in vain all the time: the log is not its to fill. */
class LoudPeersTest {
  private static final int LINES = BoundedLog.KNOWN.ofOne();

  @TempDir private Path folder = Path.of("");

  @Test
  void hasSoManyLinesForAllItsConnectionsAndTheRestIsCounted() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ran").start()) {
      try (Wire wire = node.identified()) {
        for (int time = 0; time < LINES - 3; time++) {
          wire.sendFrame('t', "GET 4096 /etc/shadow");
          assertThat(wire.readFrame().text()).startsWith("BAD: ");
        }
      }
      try (Wire wire = ours(node)) {
        for (int time = 0; time < 10; time++) {
          assertThat(hear(wire, "CHECK -Dreinstall")).startsWith("EXEC denied: condition ");
          assertThat(hear(wire, "CHECK")).startsWith("CHECK ready: ");
          CfengineDialogue.request(wire, "EXEC -Dreinstall");
          assertThat(CfengineDialogue.hearAnswer(wire).getFirst()).startsWith("EXEC denied: ");
        }
      }
      assertThat(asked(node)).hasSize(LINES);
      assertThat(asked(node).subList(LINES - 3, LINES))
          .extracting(line -> line.replaceFirst(".* asks", "asks").replaceFirst("[,:] .*", ""))
          .containsExactly(
              "asks for a check with [reinstall]",
              "asks for a check with []",
              "asks for a run with [reinstall]");
      // What it may do is said all the same.
      assertThat(node.ask("EXEC")).contains("> ran\n");
      assertThat(asked(node)).hasSize(LINES + 1);
      assertThat(asked(node).getLast()).contains("asks for a run with []: allowed, run ");

      node.listener.stop();
      node.log.await("WARN left out 27 more in 60.0 s: 27 of " + node.relay.digest());
    }
  }

  private static Wire ours(RunningNode node) throws IOException {
    Wire wire = node.connect();
    wire.readLine();
    wire.send("CFE_v2 remote-run\nIDENTITY USERNAME=root REMOTE_RUN=1\n");
    wire.readLine();
    return wire;
  }

  private static String hear(Wire wire, String command) throws IOException {
    wire.sendFrame('t', command);
    return CfengineDialogue.hearAnswer(wire).getFirst();
  }

  private static List<String> asked(RunningNode node) {
    return node.log.lines().stream().filter(line -> line.contains(" asks for ")).toList();
  }
}
