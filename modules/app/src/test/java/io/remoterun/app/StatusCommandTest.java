package io.remoterun.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.status.NodeStatus;
import io.remoterun.node.status.StatusSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class StatusCommandTest {
  private static final Instant NOW = Instant.parse("2026-05-01T10:02:00Z");

  @TempDir private Path folder = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream problems = new ByteArrayOutputStream();

  @Test
  void printsHowTheNodeIsThatAConfigurationFileNames() throws IOException {
    Path byKeys = config("keys: " + folder);
    assertThat(ask(folder.resolve("status.sock"), true, byKeys)).isEqualTo(StatusCommand.FINE);
    assertThat(out.toString(UTF_8)).startsWith("node n1  remote-run 1, up 1 min");

    Path own = folder.resolve("own.sock");
    Path bySocket = config("keys: /nowhere", "status-socket: " + own);
    assertThat(ask(own, true, bySocket)).isEqualTo(StatusCommand.FINE);
    assertThat(ask(own, true, own)).isEqualTo(StatusCommand.FINE);
  }

  @Test
  void tellsTheShellThatSomebodyShouldLook() {
    Path socket = folder.resolve("s");
    assertThat(ask(socket, false, socket)).isEqualTo(StatusCommand.NOT_FINE);
    assertThat(out.toString(UTF_8)).contains("to look at");
  }

  @Test
  void tellsTheShellThatThereIsNobodyToAsk() {
    Path nobody = folder.resolve("nobody");
    assertThat(run(nobody)).isEqualTo(StatusCommand.NO_ANSWER);
    assertThat(problems.toString(UTF_8)).startsWith("remote-run: no status from " + nobody);
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void showsNoColoursWhereThereIsNoTerminal() {
    assertThat(StatusCommand.showsColours()).isFalse();
  }

  private Path config(String... lines) throws IOException {
    return Files.writeString(
        folder.resolve("node.yml"),
        "remote-run:\n  node:\n    id: n1\n    " + String.join("\n    ", lines) + "\n");
  }

  private int ask(Path socket, boolean well, Path argument) {
    NodeStatus status =
        new NodeStatus(
            "n1",
            "1",
            NOW.minusSeconds(60),
            NOW,
            well ? null : "/disable-agent",
            0,
            List.of(),
            List.of(),
            List.of(),
            new NodeStatus.Schedule(false, List.of(), List.of()));
    StatusSocket node = new StatusSocket(socket, () -> status, LoggerFactory.getLogger("status"));
    node.start();
    try {
      return run(argument);
    } finally {
      node.stop();
    }
  }

  private int run(Path argument) {
    return StatusCommand.run(
        List.of(argument.toString()),
        false,
        new PrintStream(out, true, UTF_8),
        new PrintStream(problems, true, UTF_8));
  }
}
