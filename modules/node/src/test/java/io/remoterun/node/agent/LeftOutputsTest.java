package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.RunId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeftOutputsTest {
  private final LeftOutputs newest = new LeftOutputs(1);

  @Test
  void onlyTheNewestDaemonsAreListenedTo() throws Exception {
    try (LaunchedAgent first = launched("sleep 60 & echo $!");
        LaunchedAgent second = launched("sleep 60 & echo $!")) {
      ProcessHandle daemon = left(first);
      ProcessHandle newer = left(second);

      assertThat(first.read(new byte[1])).isEqualTo(-1);
      assertThat(daemon.isAlive()).isTrue();
      assertThat(daemon.destroy() && newer.destroy()).isTrue();
      // Not before it has let go of it.
      assertThat(second.read(new byte[1])).isEqualTo(-1);
    }
  }

  @Test
  void oneThatIsReadToItsEndMeanwhileTakesNobodysPlace() throws Exception {
    // It prints when it is told to by the signal.
    String daemon = "sh -c 'trap \"echo late; exit\" TERM; echo $$; while :; do :; done' &";
    LaunchedAgent ends = launched("true");
    ends.awaitEnd();
    ends.close();
    try (LaunchedAgent holds = launched(daemon)) {
      ProcessHandle left = left(holds);
      ends.leave();

      assertThat(left.destroy()).isTrue();
      assertThat(holds.read(new byte[10])).isEqualTo("late\n".length());
      assertThat(holds.read(new byte[10])).isEqualTo(-1);
    }
  }

  private LaunchedAgent launched(String script) throws IOException {
    AgentCommand command = new AgentCommand(List.of("/bin/sh", "-c", script), Map.of());
    return new DirectLauncher(new JobCommands(command), newest)
        .launch(new LaunchRequest(AgentLauncher.AGENT, RunId.random(), List.of(), "a test"));
  }

  /** The one that has printed its id, and whose agent has ended. */
  private static ProcessHandle left(LaunchedAgent agent) throws IOException, InterruptedException {
    byte[] buffer = new byte[100];
    String printed = new String(buffer, 0, agent.read(buffer), ISO_8859_1);
    agent.awaitEnd();
    agent.leave();
    return ProcessHandle.of(Long.parseLong(printed.strip())).orElseThrow();
  }
}
