package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendDeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir private Path folder = Path.of("");

  @Test
  void aPeerThatTakesNothingIsClosedAndItsRunGoesOn() throws Exception {
    String script = "mkfifo $DIR/go; head -c 100000000 /dev/zero; read x < $DIR/go; exit 6";
    try (RunningNode node = RunningNode.in(folder).script(script).send(SHORT).start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      node.log.await("took nothing of what was sent to it for 0.5 s: closed, run ", " goes on");
      assertThat(node.log.lines()).noneMatch(line -> line.contains("is over"));
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      node.log.await("is over", "exit status 6");
      Eventually.await(
          "it is gone", () -> node.listener.connections() == 0, node.listener::connections);
      assertThat(node.log.lines()).noneMatch(line -> line.contains("is lost"));
    }
  }

  @Test
  void aPeerOfASilentRunIsNotLate() throws Exception {
    String script = "mkfifo $DIR/go; echo first; read x < $DIR/go; echo last";
    try (RunningNode node =
            RunningNode.in(folder).script(script).send(Duration.ofMillis(20)).start();
        Wire wire = node.identified()) {
      CfengineDialogue.request(wire, "EXEC");
      wire.readFrame();
      wire.readFrame();
      // Much longer than the deadline, which this one passes by another's.
      try (RunningNode other =
              RunningNode.in(folder.resolve("other")).identification(SHORT).start();
          Wire silent = other.connect()) {
        silent.awaitClose();
      }
      Files.writeString(node.host.folder().resolve("go"), "go\n");

      assertThat(CfengineDialogue.hearAnswer(wire)).containsExactly("> last\n", "(exit code: 0)\n");
    }
  }
}
