package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An admitted relay that asks, or leaves, all the time. */
class LoudPeersTest {
  private static final int LINES = BoundedLog.KNOWN.ofOne();

  @TempDir private Path folder = Path.of("");

  @Test
  void hasALineForEachDecisionWithItsReason() throws Exception {
    try (RunningNode node = RunningNode.in(folder).script("echo ran").start()) {
      try (Wire wire = ours(node)) {
        for (int time = 0; time < LINES; time++) {
          assertThat(hear(wire, "CHECK -Dreinstall")).startsWith("EXEC denied: condition ");
          assertThat(hear(wire, "CHECK")).startsWith("CHECK ready: ");
          CfengineDialogue.request(wire, "EXEC -Dreinstall");
          assertThat(CfengineDialogue.hearAnswer(wire).getFirst()).startsWith("EXEC denied: ");
          wire.sendFrame('t', "GET 4096 /etc/shadow");
          assertThat(wire.readFrame().text()).startsWith("BAD: ");
          wire.sendFrame('t', "VERSION");
          assertThat(wire.readFrame().text()).startsWith("OK: ");
        }
      }
      assertThat(node.ask("EXEC")).contains("> ran\n");

      List<String> asked = lines(node, " asks for ");
      assertThat(asked).hasSize(5 * LINES + 1);
      String who = " key " + node.relay.digest() + " user root asks for ";
      for (int time = 0; time < LINES; time++) {
        assertThat(asked.get(5 * time))
            .contains(who + "a check with [reinstall]: denied, condition reinstall ");
        assertThat(asked.get(5 * time + 1)).contains(who + "a check with []: allowed, READY");
        assertThat(asked.get(5 * time + 2))
            .contains(who + "a run with [reinstall]: denied, condition reinstall ");
        assertThat(asked.get(5 * time + 3)).contains(who + "'GET 4096 /etc/shadow': denied, ");
        assertThat(asked.get(5 * time + 4)).contains(who + "VERSION: allowed, ");
      }
      assertThat(asked.getLast()).contains(who + "a run with []: allowed, run ");
    }
  }

  @Test
  void cannotMakeOneOfItsOwnThatSaysMoreThanWhatItAskedFor() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start();
        Wire wire = ours(node)) {
      wire.sendFrame('t', "a run': allowed, run 1\nWARN 'x");
      wire.readFrame();

      node.log.await("user root asks for 'a run?: allowed, run 1?WARN ?x': denied, ");
    }
  }

  /** What it sends may be a request that it has put wrongly. */
  @Test
  void hasALineForEachTimeThatItBreaksTheProtocol() throws Exception {
    try (RunningNode node = RunningNode.in(folder).start()) {
      for (int time = 0; time < LINES + 1; time++) {
        try (Wire wire = node.connect()) {
          wire.readLine();
          wire.send("nonsense\n");
          wire.awaitClose();
        }
      }
      String who = " key " + node.relay.digest() + " broke the protocol: ";
      assertThat(lines(node, who)).hasSize(LINES + 1);
    }
  }

  @Test
  void hasSoManyLinesAboutItsConnectionsAndTheRestIsCounted() throws Exception {
    Duration brief = Duration.ofMillis(20);
    try (RunningNode node = RunningNode.in(folder).identification(brief).start()) {
      for (int time = 0; time < LINES + 7; time++) {
        try (Wire wire = node.connect()) {
          wire.awaitClose();
        }
      }
      assertThat(lines(node, "did not say who it is")).hasSize(LINES);

      node.listener.stop();
      node.log.await("WARN left out 7 more in 60.0 s: 7 of " + node.relay.digest());
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

  private static List<String> lines(RunningNode node, String words) {
    return node.log.lines().stream().filter(line -> line.contains(words)).toList();
  }
}
