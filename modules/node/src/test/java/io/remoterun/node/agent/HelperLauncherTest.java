package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.helper.RunHelper;
import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.HelperSocket;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import io.remoterun.testkit.Sudoers;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real helper, at both of its doors. */
@NeedsRoot
@NeedsProgram(
    value = {"systemd-socket-activate", "sudo", "visudo"},
    debianPackage = "sudo or systemd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HelperLauncherTest {
  private InstalledHelper helper;
  private HelperSocket socket;
  private Sudoers sudoers;

  /** The two ways to a helper. */
  enum By {
    SOCKET,
    SUDO
  }

  @BeforeAll
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
    socket = HelperSocket.listen(helper);
    sudoers = Sudoers.allow(helper);
  }

  @AfterAll
  void removes() throws IOException {
    sudoers.close();
    socket.close();
    helper.close();
  }

  @BeforeEach
  void setsUp() throws IOException {
    helper.settings();
    helper.agent("true");
  }

  @ParameterizedTest
  @EnumSource
  void tellsWhatTheAgentPrintsAndHowItEnds(By by) throws Exception {
    helper.agent("echo \"<$*>\"; head -c 300000 /dev/zero | tr '\\0' x; exit 3");
    try (LaunchedAgent agent = launcher(by).launch(request("class1"))) {
      assertThat(agent.command()).isEqualTo(helper.agentFile() + " -D class1");
      assertThat(all(agent)).isEqualTo("<-D class1>\n" + "x".repeat(300_000));
      assertThat(agent.awaitEnd()).isEqualTo(new AgentEnd.Exited(3));
    }
    assertThat(helper.audit().lines().toList().getLast()).contains("by=\"me at ?home?\"");
  }

  @ParameterizedTest
  @EnumSource
  void endsTheAgentWithAllItsChildren(By by) throws Exception {
    helper.agent("sh -c 'trap \"\" TERM; echo $$; while :; do :; done' & wait");
    try (LaunchedAgent agent = launcher(by).launch(request())) {
      long child = Long.parseLong(line(agent));
      Thread reader = Thread.ofPlatform().start(() -> readToEnd(agent));

      assertThat(agent.stop(Duration.ofSeconds(5))).isTrue();
      reader.join();
      assertThat(agent.awaitEnd()).isEqualTo(new AgentEnd.Killed(15));
      assertThat(ProcessHandle.of(child).flatMap(it -> it.info().command())).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhyTheHelperRefuses(By by) {
    assertFailure(
        launcher(by),
        request("reboot"),
        Kind.REFUSED,
        "the helper refuses: condition reboot is not in the helper's settings");
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheHelperWasLostInTheMiddle(By by) throws Exception {
    helper.agent("echo $PPID; sleep 60");
    try (LaunchedAgent agent = launcher(by).launch(request())) {
      assertThat(ProcessHandle.of(Long.parseLong(line(agent))).orElseThrow().destroyForcibly())
          .isTrue();
      readToEnd(agent);

      assertThatThrownBy(agent::awaitEnd)
          .isInstanceOfSatisfying(
              LaunchFailure.class, lost -> assertThat(lost.kind()).isEqualTo(Kind.INTERRUPTED))
          .hasMessageStartingWith("the helper was lost while the agent was running");
      assertThat(agent.stop(Duration.ZERO)).isFalse();
      // As the Javadoc says, it goes on: only this test ends it.
      List<ProcessHandle> left = sleeping(agent);
      assertThat(left).isNotEmpty();
      left.forEach(ProcessHandle::destroyForcibly);
      Eventually.await("it is gone", () -> sleeping(agent).isEmpty(), () -> left);
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheHelperIsBusyWhichIsNoRefusal(By by) throws Exception {
    helper.agent("echo ready; while :; do :; done");
    try (LaunchedAgent agent = launcher(by).launch(request())) {
      assertThat(line(agent)).isEqualTo("ready");
      assertFailure(
          launcher(by),
          request(),
          Kind.OVERLOADED,
          "the helper is busy: as many runs of agent as may be at once, 1, have not ended");
      Thread reader = Thread.ofPlatform().start(() -> readToEnd(agent));
      assertThat(agent.stop(Duration.ofSeconds(5))).isTrue();
      reader.join();
    }
  }

  /** Its policy may restart the node. */
  @ParameterizedTest
  @EnumSource
  void letsTheAgentGoOnWhenTheNodeEnds(By by) throws Exception {
    Path go = helper.folder().resolve("go");
    helper.agent("echo ready; until [ -e " + go + " ]; do sleep 0.01; done; exit 4");
    try (LaunchedAgent agent = launcher(by).launch(request())) {
      assertThat(line(agent)).isEqualTo("ready");
      agent.endWithNode(Duration.ofSeconds(1));

      assertThatThrownBy(agent::awaitEnd)
          .isInstanceOfSatisfying(
              LaunchFailure.class, lost -> assertThat(lost.kind()).isEqualTo(Kind.INTERRUPTED))
          .hasMessageStartingWith("the node is stopping, and the agent goes on");
      Files.createFile(go);
      Eventually.await(
          "it has ended as it would",
          () -> helper.audit().endsWith(" ended: Exited[code=4]\n"),
          helper::audit);
    } finally {
      Files.deleteIfExists(go);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsNoMoreThanTheHelperTakes(By by) {
    String[] many = Collections.nCopies(9, "c".repeat(1000)).toArray(String[]::new);

    assertFailure(
        launcher(by),
        request(many),
        Kind.REFUSED,
        "the helper cannot be asked for more conditions than fit into 8192 bytes");
  }

  @ParameterizedTest
  @EnumSource
  void seesThatAHelperCanBeReached(By by) {
    assertThat(launcher(by).hindrance()).isEmpty();
    assertThat(helper.executions()).isZero();
  }

  @Test
  void saysHowToHaveASocketWhereThereIsNone() {
    HelperLauncher launcher = HelperLauncher.atSocket(helper.folder().resolve("none"));

    assertFailure(
        launcher,
        request(),
        Kind.AGENT,
        "none cannot be reached (",
        "enable remote-run-helper.socket");
    assertThat(launcher.hindrance().orElseThrow())
        .contains("none cannot be reached (No such file or directory): enable");
  }

  @Test
  void saysWhatSudoSays() {
    HelperLauncher launcher =
        HelperLauncher.bySudo(
            List.of(
                "setpriv",
                "--reuid=daemon",
                "--clear-groups",
                "sudo",
                "-n",
                helper.script().toString()));

    assertFailure(
        launcher,
        request(),
        Kind.AGENT,
        "the helper has ended without an answer: sudo: a password is required");
    assertThat(launcher.hindrance().orElseThrow()).contains("install the sudoers line");
    assertFailure(
        HelperLauncher.bySudo(List.of("/no/sudo", "x")), request(), Kind.AGENT, "/no/sudo");
  }

  /** Who may not ask is told so before he has asked. */
  @Test
  void hearsWhyAHelperDoesNotListen() {
    assertFailure(
        new HelperLauncher(new DeafDoor("R\0\0\0\7because"), Duration.ofSeconds(5)),
        request(),
        Kind.REFUSED,
        "the helper refuses: because");
    assertFailure(
        new HelperLauncher(new DeafDoor(""), Duration.ofSeconds(5)),
        request(),
        Kind.AGENT,
        "the helper has ended without an answer: not you");
  }

  /** To one that answers and takes nothing. */
  private record DeafDoor(String answer) implements HelperLine.Door, HelperLine {
    @Override
    public HelperLine open() {
      return this;
    }

    @Override
    public Optional<String> hindrance() {
      return Optional.empty();
    }

    @Override
    public DataInputStream in() {
      byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
      return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    @Override
    public OutputStream out() {
      OutputStream closed = OutputStream.nullOutputStream();
      try {
        closed.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return closed;
    }

    @Override
    public String lastWords() {
      return "not you";
    }

    @Override
    public void close() {}
  }

  /** As a socket does that somebody else listens to. */
  @Test
  void doesNotWaitForEverForAnAnswer(@TempDir Path folder) throws IOException {
    Path silent = folder.resolve("silent");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(silent));

      assertFailure(
          new HelperLauncher(new HelperSocketDoor(silent), Duration.ofMillis(50)),
          request(),
          Kind.UNCONFIRMED,
          "the helper has not answered for 0 s: whether the agent was started is not known");
    }
  }

  private static void assertFailure(
      HelperLauncher launcher, LaunchRequest request, Kind kind, String... words) {
    assertThatThrownBy(() -> launcher.launch(request).close())
        .isInstanceOfSatisfying(
            LaunchFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
  }

  private HelperLauncher launcher(By by) {
    return switch (by) {
      case SOCKET -> HelperLauncher.atSocket(socket.path());
      case SUDO -> HelperLauncher.bySudo(List.of("sudo", "-n", helper.script().toString()));
    };
  }

  private static LaunchRequest request(String... conditions) {
    List<Condition> all = List.of(conditions).stream().map(Condition::new).toList();
    return new LaunchRequest(AgentLauncher.AGENT, RunId.random(), all, "me at \"home\"");
  }

  private static List<ProcessHandle> sleeping(LaunchedAgent agent) {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process.pid() == agent.pid()
                    || process.parent().map(parent -> parent.pid() == agent.pid()).orElse(false))
        .filter(process -> process.info().command().isPresent())
        .toList();
  }

  private static String line(LaunchedAgent agent) throws IOException {
    byte[] buffer = new byte[100];
    return new String(buffer, 0, agent.read(buffer), StandardCharsets.UTF_8).strip();
  }

  private static String all(LaunchedAgent agent) throws IOException {
    StringBuilder all = new StringBuilder();
    byte[] buffer = new byte[1000];
    for (int length = agent.read(buffer); length >= 0; length = agent.read(buffer)) {
      all.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  private static void readToEnd(LaunchedAgent agent) {
    try {
      all(agent);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
