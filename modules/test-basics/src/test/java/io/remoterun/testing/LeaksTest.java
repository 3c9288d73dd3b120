package io.remoterun.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

@MayLeave("it is about what is left")
class LeaksTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  private final Leaks leaks = new Leaks();

  @AfterEach
  void ends() {
    leaks.close();
  }

  @Test
  void areNoneWhereNothingHappened() {
    assertThat(leaks.found(AT_ONCE)).isEmpty();
  }

  @Test
  void areNoneWhereAllWasEnded(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("file"), "text");
    new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
    ByteBufAllocator.DEFAULT.buffer(10).release();
    assertThat(new ProcessBuilder("true").start().waitFor()).isZero();

    assertThat(leaks.found(Eventually.DEADLINE)).isEmpty();
  }

  @Test
  void areProcesses() throws Exception {
    Process process = new ProcessBuilder("sleep", "100").redirectErrorStream(true).start();
    try {
      assertThat(leaks.found(AT_ONCE)).anyMatch(left -> left.matches("process .*sleep 100"));
    } finally {
      end(process);
    }
    assertThat(leaks.found(Eventually.DEADLINE)).isEmpty();
  }

  /** Only Maven marks what tests start. */
  @Test
  @EnabledIfEnvironmentVariable(named = Mark.VARIABLE, matches = ".+")
  void areProcessesWhoseParentHasEnded() throws Exception {
    Process parent =
        new ProcessBuilder("/bin/sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!").start();
    String child = new String(parent.getInputStream().readAllBytes(), US_ASCII).strip();
    ProcessHandle orphan = ProcessHandle.of(Long.parseLong(child)).orElseThrow();
    try {
      end(parent);
      assertThat(leaks.found(AT_ONCE))
          .singleElement()
          .asString()
          .matches("process " + child + " .*sleep 100");
    } finally {
      assertThat(orphan.destroyForcibly()).isTrue();
    }
    assertThat(leaks.found(Eventually.DEADLINE)).isEmpty();
  }

  /** The parent of this one never does. */
  @Test
  void areProcessesThatNobodyWaitedFor() throws Exception {
    Process parent =
        new ProcessBuilder("/bin/sh", "-c", "true & exec sleep 100")
            .redirectErrorStream(true)
            .start();
    try {
      Eventually.await(
          "a process that has ended is there",
          () -> leaks.found(AT_ONCE).stream().anyMatch(left -> left.contains("(ended, ")),
          () -> leaks.found(AT_ONCE));
    } finally {
      end(parent);
    }
    assertThat(leaks.found(Eventually.DEADLINE)).isEmpty();
  }

  @Test
  void areGivenTimeToGoAway() throws Exception {
    Process process = new ProcessBuilder("cat").start();
    process.getOutputStream().close();

    assertThat(leaks.found(Eventually.DEADLINE)).isEmpty();
    end(process);
  }

  @Test
  void areSockets() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
      assertThat(leaks.found(AT_ONCE)).singleElement().asString().startsWith("socket:");
    }
    assertThat(leaks.found(AT_ONCE)).isEmpty();
  }

  @Test
  void areFiles(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("left.txt"), "text");
    try (InputStream open = Files.newInputStream(file)) {
      assertThat(open.read()).isEqualTo('t');
      assertThat(leaks.found(AT_ONCE)).containsExactly(file.toString());
    }
    assertThat(leaks.found(AT_ONCE)).isEmpty();
  }

  @Test
  void areBuffersThatNobodyReleased() {
    forgetABuffer();

    assertThat(leaks.found(AT_ONCE))
        .singleElement()
        .asString()
        .startsWith("leaked ")
        .contains("forgetABuffer");
  }

  private static void forgetABuffer() {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(10);
    buffer.writeByte(1);
  }

  @Test
  void areUncaughtExceptions() throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .name("broken")
            .start(
                () -> {
                  throw new IllegalStateException("nobody sees this");
                });
    thread.join();

    assertThat(leaks.found(AT_ONCE))
        .singleElement()
        .asString()
        .startsWith("uncaught in thread broken")
        .contains("nobody sees this");
  }

  @Test
  void areErrorsThatReactorDropped() {
    Operators.onErrorDropped(new IllegalStateException("too late"), Context.empty());

    assertThat(leaks.found(AT_ONCE)).singleElement().asString().contains("too late");
  }

  private static void end(Process process) throws InterruptedException, IOException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    process.getInputStream().close();
    process.getErrorStream().close();
    process.getOutputStream().close();
  }
}
