package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that do not behave. */
class AwkwardAgentTest {
  private static final Duration LONGEST = Duration.ofSeconds(2);

  @TempDir private Path folder = Path.of("");
  private @Nullable AgentRuns runs;

  @AfterEach
  void stop() {
    if (runs != null) {
      runs.close();
    }
  }

  /**
   * As daemons do it: a session of its own, and a parent that has ended. It holds the agent's
   * output, and goes on printing when the run is over.
   */
  @ParameterizedTest
  @ValueSource(strings = {"$DIR/daemon &", "setsid $DIR/daemon &", "(setsid $DIR/daemon &);"})
  void aDaemonThatTheAgentLeavesBehindOutlivesTheRunAndMayPrint(String start) throws IOException {
    script(
        "daemon",
        "echo $$ > $DIR/new; mv $DIR/new $DIR/pid; until [ -e $DIR/go ]; do sleep 0.01; done;"
            + " seq 50000; echo $? > $DIR/new; mv $DIR/new $DIR/printed; exec sleep 60");
    String wait = " until [ -e $DIR/pid ]; do sleep 0.01; done; echo agent";
    List<RunEvent> events = events(new TestAgent(folder).runs(start + wait));

    assertThat(events)
        .hasSize(3)
        .last()
        .isEqualTo(new RunEvent.Finished(TestAgent.NODE, ExitStatus.code(0)));
    Files.createFile(folder.resolve("go"));
    Path printed = folder.resolve("printed");
    Eventually.await("it has printed", () -> Files.exists(printed), () -> "it has not");
    assertThat(printed).hasContent("0");
    long daemon = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    assertThat(ProcessHandle.of(daemon).orElseThrow().destroy()).isTrue();
  }

  /** Not even its child's child is there when the run is said to be over. */
  @Test
  void anAgentThatTakesTooLongAndDoesNotWantToEndIsKilledWithItsGroup() throws IOException {
    String deaf = "trap '' TERM; sh -c '(echo $$; while :; do :; done) & wait' & echo begun; wait";
    List<RunEvent> events = events(slow(new DirectLauncher(commands(deaf))));

    assertThat(failure(events))
        .isEqualTo(
            new RunFailure(
                Kind.STOPPED,
                "node n1",
                "the agent was stopped after 2.0 s, the longest that it may take: killed by signal"
                    + " 9 (KILL)"));
    List<String> printed =
        events.stream()
            .filter(RunEvent.Output.class::isInstance)
            .map(event -> ((RunEvent.Output) event).bytes().toUtf8().strip())
            .toList();
    assertThat(printed).hasSize(2).contains("begun");
    for (String line : printed) {
      if (!line.equals("begun")) {
        // Without a program it only waits for init to notice.
        assertThat(ProcessHandle.of(Long.parseLong(line)).flatMap(it -> it.info().command()))
            .isEmpty();
      }
    }
  }

  /** Such as one that the kernel does not let go. */
  @Test
  void whatCannotBeEndedIsNotSaidToHaveEnded() {
    assertThat(failure(events(slow(new Launcher(() -> {})))))
        .isEqualTo(
            new RunFailure(
                Kind.UNCONFIRMED,
                "node n1",
                "the agent was stopped after 2.0 s, the longest that it may take: killed by signal"
                    + " 9 (KILL), but not all that it had started has ended"));
  }

  /** It is cancelled after its launcher, say a helper, was asked, and before that has answered. */
  @Test
  void norWhereItWasCancelledWhileItWasBeingStarted() {
    AtomicReference<Runnable> cancel = new AtomicReference<>(() -> {});
    AgentProcess process =
        new AgentProcess(
            TestAgent.NODE,
            new Launcher(() -> cancel.get().run()),
            new LaunchRequest(AgentLauncher.AGENT, RunId.random(), List.of(), "a test"),
            new MemoryRunLog(1000),
            Duration.ZERO);
    cancel.set(() -> process.stop(Duration.ZERO, ""));

    assertThat(failure(List.of(process.run())))
        .isEqualTo(
            new RunFailure(
                Kind.UNCONFIRMED,
                "node n1",
                "the agent was stopped: killed by signal 9 (KILL), but not all that it had started"
                    + " has ended"));
  }

  /**
   * @param first what happens while it starts the agent
   */
  private record Launcher(Runnable first) implements AgentLauncher {
    @Override
    public LaunchedAgent launch(LaunchRequest request) {
      first.run();
      return new Unstoppable();
    }

    @Override
    public Optional<String> hindrance() {
      return Optional.empty();
    }
  }

  /** It ends when it is asked to, and something that it has started does not. */
  private static final class Unstoppable implements LaunchedAgent {
    private final CountDownLatch asked = new CountDownLatch(1);

    @Override
    public String command() {
      return "agent";
    }

    @Override
    public int pid() {
      return 1;
    }

    @Override
    public int read(byte[] buffer) {
      return -1;
    }

    @Override
    public AgentEnd awaitEnd() throws InterruptedException {
      asked.await();
      return new AgentEnd.Killed(9);
    }

    @Override
    public boolean stop(Duration grace) {
      asked.countDown();
      return false;
    }

    @Override
    public void close() {}
  }

  private List<RunEvent> events(AgentRuns started) {
    runs = started;
    var running = (Attached) started.start(TestAgent.wish(List.of()));
    return running.log().events().collectList().blockOptional(Eventually.DEADLINE).orElseThrow();
  }

  private static RunFailure failure(List<RunEvent> events) {
    return ((RunEvent.Failed) events.getLast()).failure();
  }

  private AgentRuns slow(AgentLauncher launcher) {
    return new TestAgent(folder).runs(launcher, LONGEST);
  }

  private JobCommands commands(String script) {
    List<String> command = List.of("/bin/sh", "-c", script);
    return new JobCommands(new AgentCommand(command, new TestAgent(folder).variables()));
  }

  private void script(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
