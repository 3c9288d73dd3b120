package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Without memory or threads for a moment, a run is lost; the next one is not. */
class LostRunTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final AgentRuns.Limits LIMITS =
      new AgentRuns.Limits(4_000_000, MINUTE, MINUTE, MINUTE, MINUTE);

  private static final HelperAnswer.Started STARTED =
      new HelperAnswer.Started(7, Duration.ZERO, "agent");

  @TempDir private Path folder = Path.of("");
  private final AtomicBoolean broken = new AtomicBoolean(true);
  private final AtomicBoolean isWithoutThread = new AtomicBoolean(true);

  private static final class NoMoreThreads extends OutOfMemoryError {
    private static final long serialVersionUID = 1;

    NoMoreThreads() {
      super("unable to create native thread");
    }
  }

  /** {@link AgentLauncher#launch}. */
  private interface Launch {
    LaunchedAgent launch(LaunchRequest request) throws IOException;
  }

  private static AgentLauncher launching(Launch launch) {
    return new AgentLauncher() {
      @Override
      public LaunchedAgent launch(LaunchRequest request) throws IOException {
        return launch.launch(request);
      }

      @Override
      public Optional<String> hindrance() {
        return Optional.empty();
      }
    };
  }

  private AgentLauncher launcher(String script) {
    List<String> command = List.of("/bin/sh", "-c", script);
    return new DirectLauncher(
        new JobCommands(new AgentCommand(command, new TestAgent(folder).variables())));
  }

  /** An agent whose name cannot be told as long as {@link #broken}. */
  private final class Nameless implements LaunchedAgent {
    private final LaunchedAgent agent;

    Nameless(LaunchedAgent agent) {
      this.agent = agent;
    }

    @Override
    public String command() {
      if (broken.get()) {
        throw new NoMoreThreads();
      }
      return agent.command();
    }

    @Override
    public int pid() {
      return agent.pid();
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      return agent.read(buffer);
    }

    @Override
    public AgentEnd awaitEnd() throws IOException, InterruptedException {
      return agent.awaitEnd();
    }

    @Override
    public boolean stop(Duration grace) {
      return agent.stop(grace);
    }

    @Override
    public void close() throws IOException {
      agent.close();
    }
  }

  /** To a helper; reading from it takes memory that is not there. */
  private static final class BrokenLine implements HelperLine {
    @Override
    public DataInputStream in() {
      throw new NoMoreThreads();
    }

    @Override
    public OutputStream out() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public String lastWords() {
      return "";
    }

    @Override
    public void close() {}
  }

  @Test
  void anErrorWhileTheAgentIsStartedEndsThatRunOnly() {
    AgentLauncher real = launcher("true");
    try (AgentRuns runs =
        new TestAgent(folder).runs(launching(request -> failingOnce(real, request)), MINUTE)) {
      assertLost(runs);
      assertWorks(runs);
    }
  }

  private LaunchedAgent failingOnce(AgentLauncher real, LaunchRequest request) throws IOException {
    if (broken.getAndSet(false)) {
      throw new NoMoreThreads();
    }
    return real.launch(request);
  }

  /** {@link LeakCheck} sees to it that the agent is not left. */
  @Test
  void anErrorWhenTheAgentHasJustBeenStartedEndsTheAgentToo() throws Exception {
    AgentLauncher real = launcher("echo ran > $DIR/ran; exec sleep 60");
    try (AgentRuns runs =
        new TestAgent(folder).runs(launching(it -> new Nameless(real.launch(it))), MINUTE)) {
      assertLost(runs);
      broken.set(false);
      Attached next = start(runs);
      Eventually.await(
          "the next agent has begun", () -> Files.exists(folder.resolve("ran")), () -> "not");
      next.stop();
      assertThat(last(next))
          .asInstanceOf(type(RunEvent.Failed.class))
          .extracting(it -> it.failure().kind())
          .isEqualTo(Kind.STOPPED);
    }
  }

  @Test
  void aRunWithoutAThreadIsLostAndItsIdMayBeUsedAgain() throws Exception {
    RunId id = RunId.random();
    try (AgentRuns runs = runs("true", this::threadAtSecondTry)) {
      Attached lost = (Attached) runs.start(TestAgent.wish(id, List.of()));
      assertThat(reason(lost)).isEqualTo("the node has no thread for it: " + new NoMoreThreads());
      assertThat(last((Attached) runs.start(TestAgent.wish(id, List.of()))))
          .isEqualTo(new RunEvent.Finished(TestAgent.NODE, ExitStatus.code(0)));
    }
  }

  @Test
  void oneThatHasWaitedForItsTurnAndHasNoThreadThenIsLostAndItsIdMayBeUsedAgain() throws Exception {
    RunId id = RunId.random();
    isWithoutThread.set(false);
    try (AgentRuns runs = runs("mkfifo $DIR/go; read x < $DIR/go", this::threadAtSecondTry)) {
      Path go = folder.resolve("go");
      Attached first = start(runs);
      Eventually.await("the first agent has begun", () -> Files.exists(go), () -> "not");
      List<Condition> other = List.of(new Condition("other"));
      Attached waits = (Attached) runs.start(TestAgent.wish(id, other));
      isWithoutThread.set(true);
      Files.writeString(go, "go\n");

      last(first);
      assertThat(reason(waits)).isEqualTo("the node has no thread for it: " + new NoMoreThreads());
      Files.delete(go);
      Attached again = (Attached) runs.start(TestAgent.wish(id, other));
      Eventually.await("the agent has begun", () -> Files.exists(go), () -> "not");
      Files.writeString(go, "go\n");
      assertThat(last(again)).isInstanceOf(RunEvent.Finished.class);
    }
  }

  private static String reason(Attached run) {
    return ((RunEvent.Failed) last(run)).failure().reason();
  }

  private AgentRuns runs(String script, ThreadFactory threads) throws IOException {
    return new AgentRuns(
        TestAgent.NODE,
        launcher(script),
        LIMITS,
        folder.resolve("disable-agent"),
        new SeenRuns(folder.resolve("seen-runs")),
        new RunBook(),
        LoggerFactory.getLogger("remote-run.node.n1"),
        threads);
  }

  @Test
  void aJobWithoutAThreadIsLostAndItsPlaceIsFree() {
    RunBook book = new RunBook();
    JobRuns jobs =
        new JobRuns(
            TestAgent.NODE,
            launching(it -> failingOnce(launcher("true"), it)),
            LIMITS,
            book,
            LoggerFactory.getLogger("remote-run.node.n1"),
            this::threadAtSecondTry);
    try (jobs) {
      assertThat(jobs.start("job", 1, MINUTE, _ -> {})).isFalse();
      assertThat(jobs.start("job", 1, MINUTE, _ -> {})).isTrue();
      awaitEnded(book, 1);
      assertThat(jobs.start("job", 1, MINUTE, _ -> {})).isTrue();
      awaitEnded(book, 2);
      assertThat(book.ended()).extracting(RunBook.Ended::failed).containsExactly(true, true);
      assertThat(book.ended().getFirst().end()).contains("there is no job job");
      assertThat(book.ended().getLast().end()).contains("the run was lost", "native thread");
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void aHelperWhoseWordsCannotBeReadAnyMoreIsLostAndNotWaitedFor() throws Exception {
    AgentLauncher launcher = launching(it -> new HelperAgent(new BrokenLine(), STARTED));
    try (CapturedLog log = CapturedLog.of(AgentOutput.class.getName());
        AgentRuns runs = new TestAgent(folder).runs(launcher, MINUTE)) {
      assertThat(last(start(runs)))
          .asInstanceOf(type(RunEvent.Failed.class))
          .satisfies(
              failed -> {
                assertThat(failed.failure().kind()).isEqualTo(Kind.INTERRUPTED);
                assertThat(failed.failure().reason()).contains("nothing reads what it says");
              });
      log.await("the output of agent 7 is lost");
    }
  }

  private static void awaitEnded(RunBook book, int count) {
    Eventually.await("its end", () -> book.ended().size() == count, book::ended);
  }

  private Thread threadAtSecondTry(Runnable work) {
    boolean none = isWithoutThread.getAndSet(false);
    return new Thread(work) {
      @Override
      public void start() {
        if (none) {
          throw new NoMoreThreads();
        }
        super.start();
      }
    };
  }

  private static void assertLost(AgentRuns runs) {
    assertThat(last(start(runs)))
        .asInstanceOf(type(RunEvent.Failed.class))
        .satisfies(
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.INTERNAL);
              assertThat(failed.failure().reason())
                  .startsWith("the run was lost: ")
                  .contains("unable to create native thread");
            });
  }

  private static void assertWorks(AgentRuns runs) {
    assertThat(last(start(runs)))
        .isEqualTo(new RunEvent.Finished(TestAgent.NODE, ExitStatus.code(0)));
  }

  private static Attached start(AgentRuns runs) {
    return (Attached) runs.start(TestAgent.wish(RunId.random(), List.of()));
  }

  private static RunEvent last(Attached run) {
    return Objects.requireNonNull(run.log().events().blockLast(Eventually.DEADLINE));
  }
}
