package io.remoterun.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.testing.Eventually;
import io.remoterun.testing.HeldBack;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentChildTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

  @Test
  void hasItsArgumentsAndTheRootFolderAndAnEmptyInput() throws IOException {
    String script = "printf '<%s>' \"$0\" \"$@\"; pwd; cat";

    assertThat(printed(PATH, "/bin/sh", "-c", script, "a b", "$HOME;*", ""))
        .isEqualTo("<a b><$HOME;*><>/\n");
  }

  @Test
  void hasItsEnvironmentAndNothingElse() throws IOException {
    assertThat(printed(Map.of("A", "1 2", "B", "\u00e9"), "/usr/bin/env").lines())
        .containsExactlyInAnyOrder("A=1 2", "B=\u00c3\u00a9");
    assertThat(printed(Map.of(), "/usr/bin/env")).isEmpty();
  }

  /** Also with a C library that cannot close all at once. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hasNoDescriptorsButItsInputOutputAndError(boolean atOnce) throws IOException {
    Optional<LibC> closeFrom = atOnce ? Spawn.CLOSE_FROM : Optional.empty();
    List<String> list = List.of("/bin/ls", "/proc/self/fd");
    // Java opens sockets such that children inherit them.
    try (var open = new ServerSocket(0);
        AgentChild child = AgentChild.start(list, PATH, closeFrom)) {
      assertThat(open.isBound()).isTrue();
      // The fourth is what ls reads the folder with.
      assertThat(all(child)).isEqualTo("0\n1\n2\n3\n");
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Exited(0));
    }
  }

  @Test
  void whatItCreatesIsForItsUserOnly() throws IOException {
    AgentChild.keepFilesPrivate();

    assertThat(printed(PATH, "/bin/sh", "-c", "umask")).isEqualTo("0077\n");
  }

  @Test
  void hasNoSignalBlockedOrIgnored() throws IOException {
    assertThat(printed(PATH, "/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"))
        .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  }

  @Test
  void leadsASessionAndAGroupOfItsOwn() throws IOException {
    try (AgentChild child = start("exec /bin/cat /proc/self/stat")) {
      String[] words = all(child).split(" ");

      assertThat(Arrays.asList(words).subList(4, 6))
          .containsExactly(String.valueOf(child.pid()), String.valueOf(child.pid()));
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Exited(0));
    }
  }

  @Test
  void printsOutputAndErrorInOrderAndEachByte() throws IOException {
    assertThat(
            printed(
                PATH, "/bin/sh", "-c", "for i in 1 2 3; do echo o; printf 'e\\0\\377' >&2; done"))
        .isEqualTo("o\ne\0\u00ff".repeat(3));
  }

  @Test
  void tellsAnExitCodeFromASignal() throws IOException {
    assertThat(end("exit 0")).isEqualTo(new AgentEnd.Exited(0));
    assertThat(end("exit 137")).isEqualTo(new AgentEnd.Exited(137));
    assertThat(end("exit 255")).isEqualTo(new AgentEnd.Exited(255));
    assertThat(end("kill -9 $$")).isEqualTo(new AgentEnd.Killed(9));
    assertThat(end("kill -SEGV $$")).isEqualTo(new AgentEnd.Killed(11));
  }

  @Test
  void saysWhatIsWrongWithTheProgram(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "echo no");

    assertThatThrownBy(() -> AgentChild.start(List.of("/no/such"), PATH))
        .hasMessage("cannot start /no/such: posix_spawn: No such file or directory");
    assertThatThrownBy(() -> AgentChild.start(List.of(file.toString()), PATH))
        .hasMessage("cannot start " + file + ": posix_spawn: Permission denied");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> AgentChild.start(List.of(file.toString()), PATH))
        .hasMessage("cannot start " + file + ": posix_spawn: Exec format error");
    assertThatThrownBy(() -> AgentChild.start(List.of("sh"), PATH))
        .hasMessage("cannot start sh: it is no absolute path");
    assertThatThrownBy(() -> AgentChild.start(List.of("/bin/echo", "a\0b"), PATH))
        .hasMessage("cannot start /bin/echo: an argument or variable contains a NUL");
    assertThatThrownBy(() -> AgentChild.start(List.of("/bin/echo"), Map.of("A", "a\0b")))
        .hasMessage("cannot start /bin/echo: an argument or variable contains a NUL");
  }

  @Test
  void endsWhenItIsAskedTo() throws IOException {
    try (AgentChild child = start("trap 'exit 4' TERM; echo ready; while :; do :; done")) {
      awaitLine(child);

      assertThat(child.stop(LONG)).isTrue();
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Exited(4));
    }
  }

  /** In the group, in another group, and without parents. */
  @ParameterizedTest
  @ValueSource(strings = {"D &", "timeout 60 D &", "(D &) &"})
  void isKilledWithWhatItHasStarted(String start) throws IOException {
    String deaf = "sh -c 'trap \"\" TERM; echo ready; while :; do :; done'";
    try (AgentChild child = start(start.replace("D", deaf) + " while :; do :; done")) {
      awaitLine(child);

      assertThat(child.stop(SHORT)).isTrue();
      assertThat(new Session(child.pid()).signal(0)).isFalse();
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
    }
  }

  /** By one in another group: in its group, and in groups of their own that are made just then. */
  @ParameterizedTest
  @ValueSource(strings = {"sleep 60", "timeout 60 sleep 60"})
  void nothingEscapesThatIsStartedMeanwhile(String start) throws IOException {
    String busy = "trap \"\" TERM; echo ready; for i in $(seq 100); do " + start + " & done; wait";
    for (int time = 0; time < 10; time++) {
      try (AgentChild child = start("timeout 60 sh -c '" + busy + "'")) {
        awaitLine(child);

        // Where others use the processors, so many take longer to end than it waits.
        var _ = child.stop(Duration.ZERO);
        Session session = new Session(child.pid());
        Eventually.await("none goes on", () -> !session.signal(0), () -> "one has escaped");
        assertThat(child.awaitEnd()).isNotEqualTo(new AgentEnd.Exited(0));
      }
    }
  }

  @Test
  void saysWhatIsLeft() throws IOException {
    try (AgentChild child = start("sleep 60 & echo $!; wait")) {
      int hangs = Integer.parseInt(awaitLine(child));
      try (HeldBack _ = HeldBack.fromItsEnd(hangs)) {
        assertThat(child.stop(SHORT)).isFalse();
        assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
        assertThat(child.isSomethingLeft()).isTrue();
      }
    }
  }

  /** Whose id was reaped with it, and may be anybody's: what it left behind is not its own. */
  @Test
  void signalsNothingAfterItsEnd() throws IOException {
    try (AgentChild child = start("sleep 60 & echo $!")) {
      long left = Long.parseLong(awaitLine(child));
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Exited(0));

      assertThat(child.stop(LONG)).isTrue();
      ProcessHandle daemon = ProcessHandle.of(left).orElseThrow();
      assertThat(daemon.destroy()).isTrue();
    }
  }

  @Test
  void theEndIsToldWhenNothingIsLeft() throws Exception {
    String deaf = "sh -c 'trap \"\" TERM; echo ready; while :; do :; done' & sleep 60";
    try (AgentChild child = start(deaf)) {
      awaitLine(child);
      Thread stop = Thread.ofPlatform().start(() -> child.stop(Duration.ofMillis(300)));

      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
      assertThat(new Session(child.pid()).signal(0)).isFalse();
      stop.join();
    }
  }

  @Test
  void closingEndsAReadThatWaits() throws Exception {
    AgentChild child = start("echo ready; exec sleep 60");
    awaitLine(child);
    Thread reader = Thread.ofPlatform().start(() -> assertEndOfOutput(child));
    child.close();
    reader.join();

    assertThat(child.stop(LONG)).isTrue();
    assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
  }

  /** Who is out of descriptors cannot see what runs, and is not to take it for ended. */
  @Test
  void isKilledAlsoWhereNoDescriptorIsLeftToSeeItWith() throws Exception {
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "ulimit -n 100; exec \"$@\"",
            "sh",
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            StopWithoutDescriptors.class.getName(),
            "0",
            "2",
            "10");
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    // It would be waited for without end.
    CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(program::destroy);
    try (BufferedReader said = program.inputReader()) {
      assertThat(said.lines().filter(line -> line.contains(" left: ")))
          .containsExactly(
              "0 left: false Killed[signal=9]",
              "2 left: false Killed[signal=9]",
              "10 left: true Killed[signal=9]");
    }
    assertThat(program.waitFor()).isZero();
  }

  private static void assertEndOfOutput(AgentChild child) {
    try {
      assertThat(child.read(new byte[1])).isEqualTo(-1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static AgentChild start(String script) throws IOException {
    return AgentChild.start(List.of("/bin/sh", "-c", script), PATH);
  }

  private static AgentEnd end(String script) throws IOException {
    try (AgentChild child = start(script)) {
      return child.awaitEnd();
    }
  }

  private static String printed(Map<String, String> environment, String... command)
      throws IOException {
    try (AgentChild child = AgentChild.start(List.of(command), environment)) {
      String all = all(child);
      assertThat(child.awaitEnd()).isEqualTo(new AgentEnd.Exited(0));
      return all;
    }
  }

  private static String all(AgentChild child) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[100];
    for (int length = child.read(buffer); length >= 0; length = child.read(buffer)) {
      all.write(buffer, 0, length);
    }
    return all.toString(ISO_8859_1);
  }

  private static String awaitLine(AgentChild child) throws IOException {
    StringBuilder line = new StringBuilder();
    byte[] one = new byte[1];
    while (child.read(one) == 1 && one[0] != '\n') {
      line.append((char) one[0]);
    }
    return line.toString();
  }
}
