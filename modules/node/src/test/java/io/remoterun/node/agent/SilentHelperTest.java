package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A helper, or the sudo before it, that takes its time, for ever perhaps; or an agent that does.
 */
@Timeout(value = 50, unit = TimeUnit.SECONDS)
class SilentHelperTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final LaunchRequest REQUEST =
      new LaunchRequest(AgentLauncher.AGENT, RunId.random(), List.of(), "a test");

  /** To a helper whose answers come from there. */
  private record Line(InputStream answers, OutputStream out, AtomicInteger closed)
      implements HelperLine {
    Line(InputStream answers) {
      this(answers, OutputStream.nullOutputStream(), new AtomicInteger());
    }

    @Override
    public DataInputStream in() {
      return new DataInputStream(answers);
    }

    @Override
    public String lastWords() {
      return "gone";
    }

    /** As with sudo: whoever reads is not woken. */
    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private record Door(Line line, AtomicInteger opened) implements HelperLine.Door {
    @Override
    public HelperLine open() {
      opened.incrementAndGet();
      return line;
    }

    @Override
    public Optional<String> hindrance() {
      return Optional.empty();
    }
  }

  @Test
  void isAskedByNoMoreThanHaveNotBeenAnswered() throws IOException {
    PipedOutputStream answers = new PipedOutputStream();
    Door door = new Door(new Line(new PipedInputStream(answers)), new AtomicInteger());
    HelperLauncher launcher = new HelperLauncher(door, SHORT);
    for (int time = 0; time < HelperLauncher.MOST_UNANSWERED; time++) {
      assertThat(kindOfFailure(launcher)).isEqualTo(Kind.UNCONFIRMED);
    }
    assertThat(kindOfFailure(launcher)).isEqualTo(Kind.OVERLOADED);
    assertThat(door.opened).hasValue(HelperLauncher.MOST_UNANSWERED);

    answers.close();
    Eventually.await(
        "another one may ask",
        () -> kindOfFailure(launcher) == Kind.AGENT,
        () -> kindOfFailure(launcher));
  }

  private static Kind kindOfFailure(HelperLauncher launcher) {
    try (LaunchedAgent agent = launcher.launch(REQUEST)) {
      throw new AssertionError("started " + agent.command());
    } catch (LaunchFailure e) {
      return e.kind();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theLineIsClosedWhenThereIsNoThreadThatAsks() {
    Line line = new Line(InputStream.nullInputStream());
    ThreadFactory none =
        work -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    HelperLauncher launcher =
        new HelperLauncher(new Door(line, new AtomicInteger()), Eventually.DEADLINE, none);

    assertThatThrownBy(() -> launcher.launch(REQUEST)).isInstanceOf(OutOfMemoryError.class);
    assertThat(line.closed).hasValue(1);
  }

  /** It told the end of its agent, went away, and nobody has read that yet. */
  @Test
  void anAgentWhoseHelperIsGoneIsOverIfTheHelperHasToldThat() throws Exception {
    byte[] ended = "X\0\0\0\0010".getBytes(ISO_8859_1);
    AtomicReference<Runnable> read = new AtomicReference<>(() -> {});
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            Thread.ofVirtual().start(read.get());
            throw new IOException("broken pipe");
          }
        };
    Line line = new Line(new ByteArrayInputStream(ended), gone, new AtomicInteger());
    HelperAnswer.Started started = new HelperAnswer.Started(1, Duration.ZERO, "/agent");
    try (HelperAgent agent = new HelperAgent(line, started, Eventually.DEADLINE)) {
      read.set(() -> assertThat(agent.read(new byte[10])).isEqualTo(-1));

      assertThat(agent.stop(Duration.ZERO)).isTrue();
      assertThat(agent.awaitEnd()).isEqualTo(new AgentEnd.Exited(0));
    }
  }

  /** Its policy is in a directory, say. It is left alone: it may be root's by then. */
  @Test
  void aSudoThatHangsIsNotWaitedForAndIsTheOnlyOne(@TempDir Path folder) throws IOException {
    Path sudo = folder.resolve("sudo");
    Files.writeString(
        sudo,
        """
        #!/bin/sh
        [ ! -e $0.runs ] || touch $0.twice
        touch $0.runs
        until [ -e $0.go ]; do sleep 0.01; done
        rm $0.runs
        printf %s "$*" >$0.ended
        """);
    assertThat(sudo.toFile().setExecutable(true)).isTrue();
    HelperSudoDoor door = new HelperSudoDoor(List.of(sudo.toString(), "-n", "/helper"), SHORT);
    for (int time = 0; time < 3; time++) {
      assertThat(door.hindrance().orElseThrow())
          .startsWith("sudo has not answered for 0 s whether it would");
    }
    Eventually.await("it runs", () -> Files.exists(folder.resolve("sudo.runs")), () -> "not");
    Files.createFile(folder.resolve("sudo.go"));

    Eventually.await("it answers", () -> door.hindrance().isEmpty(), door::hindrance);
    assertThat(folder.resolve("sudo.ended")).hasContent("-n -l -- /helper");
    assertThat(folder.resolve("sudo.twice")).doesNotExist();
  }

  /** Its grace is in its settings, and may be longer than the node's. */
  @Test
  void isWaitedForAsLongAsItsOwnGraceWhenItEndsTheAgent() throws Exception {
    try (PipedOutputStream answers = new PipedOutputStream();
        HelperAgent agent = agent(new PipedInputStream(answers), Eventually.DEADLINE)) {
      Thread reader = Thread.ofPlatform().start(() -> agent.read(new byte[1]));
      Thread late =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      reader.join(SHORT);
                      answers.write("K\0\0\0\00215".getBytes(ISO_8859_1));
                      answers.flush();
                    } catch (IOException | InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  });

      assertThat(agent.stop(Duration.ZERO)).isTrue();
      assertThat(agent.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
      late.join();
      reader.join();
    }
  }

  @Test
  void isWaitedForNoLongerThanThat() throws IOException {
    try (HelperAgent agent = agent(InputStream.nullInputStream(), SHORT)) {
      assertThat(agent.stop(Duration.ofHours(1))).isFalse();
    }
  }

  /** The next agent could run beside it. */
  @Test
  void whatTheHelperSaysIsLeftIsNotSaidToHaveEnded() throws Exception {
    byte[] answer = "K\0\0\0\00715 left".getBytes(ISO_8859_1);
    try (HelperAgent agent = agent(new ByteArrayInputStream(answer), Eventually.DEADLINE)) {
      assertThat(agent.read(new byte[1])).isEqualTo(-1);

      assertThat(agent.stop(Duration.ZERO)).isFalse();
      assertThat(agent.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
    }
  }

  private static HelperAgent agent(InputStream answers, Duration grace) {
    var started = new HelperAnswer.Started(7, grace, "agent");
    return new HelperAgent(new Line(answers), started, Duration.ZERO);
  }
}
