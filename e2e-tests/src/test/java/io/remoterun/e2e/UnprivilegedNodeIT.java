package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.helper.RunHelper;
import io.remoterun.testing.Eventually;
import io.remoterun.testing.Mark;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.HelperSocket;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import io.remoterun.testkit.Sudoers;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged node as a user that may do nothing, asked over TLS, in all ways to an agent. */
@NeedsRoot
@NeedsProgram(
    value = {"systemd-socket-activate", "sudo", "visudo"},
    debianPackage = "sudo or systemd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnprivilegedNodeIT {
  private static final Pattern LISTENS = Pattern.compile("listens on \\S+:(\\d+) ");

  private InstalledHelper helper;
  private HelperSocket socket;
  private Sudoers sudoers;
  private TestHost relay;
  private TestHost node;

  @BeforeAll
  void installs(@TempDir Path temporary) throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
    helper.settings();
    socket = HelperSocket.listen(helper);
    sudoers = Sudoers.allow(helper);
    relay = TestHost.make(temporary, "relay");
    node = TestHost.make(helper.folder(), "node").trusting(relay);
    try (Stream<Path> all = Files.walk(node.folder())) {
      for (Path file : all.toList()) {
        Files.setAttribute(file, "unix:uid", InstalledHelper.UID);
      }
    }
    Path jar = helper.folder().resolve("remote-run.jar");
    Files.copy(
        Path.of(System.getProperty("project.folder"), "modules/app/target/remote-run.jar"), jar);
    // Another test may have given this process a umask that shuts everybody else out.
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
  }

  @AfterAll
  void removes() throws IOException {
    sudoers.close();
    socket.close();
    helper.close();
  }

  @ParameterizedTest
  @CsvSource({"helper,0", "sudo,0", "direct,65534"})
  void anAgentIsRootOnlyThroughTheHelper(String way, int uid) throws IOException {
    helper.agent("id -u; echo \"$*\"");
    try (Started started = start(way);
        Wire wire = ask(started.port())) {
      assertThat(Files.readAllLines(Path.of("/proc/" + started.process.pid() + "/status")))
          .contains("Uid:\t65534\t65534\t65534\t65534", "CapEff:\t0000000000000000");
      assertThat(CfengineDialogue.hearAnswer(wire))
          .contains("> " + uid + "\n", "> -D class1\n", "(exit code: 0)\n");
    }
  }

  /** As in a container, where the node and its agent are root's. */
  @Test
  void aNodeThatIsRootItselfStartsItsAgentDirectly() throws IOException {
    helper.agent("id -u; echo \"$*\"");
    try (Started started = startAsRoot();
        Wire wire = ask(started.port())) {
      assertThat(Files.readAllLines(Path.of("/proc/" + started.process.pid() + "/status")))
          .contains("Uid:\t0\t0\t0\t0");
      assertThat(CfengineDialogue.hearAnswer(wire))
          .contains("> 0\n", "> -D class1\n", "(exit code: 0)\n");
    }
    assertThat(helper.executions()).isZero();
  }

  /** A policy that has an update of the node in it would end itself otherwise. */
  @ParameterizedTest
  @ValueSource(strings = {"helper", "sudo"})
  void anAgentEndsAsItWouldWhenItsNodeIsStoppedAndAnotherNodeCanRunItAgain(String way)
      throws IOException {
    Path go = helper.folder().resolve("go");
    Files.deleteIfExists(go);
    helper.agent(waitingFor(go) + "; exit 5");
    try (Started started = start(way);
        Wire wire = ask(started.port())) {
      while (!wire.readFrame().text().equals("> ready\n")) {
        // It is being started.
      }
      started.process.destroy();
      started.process.onExit().join();
      assertThat(helper.audit().lines().toList().getLast()).contains(" starts [");
    }
    try (Started started = start(way)) {
      try (Wire wire = ask(started.port())) {
        assertThat(CfengineDialogue.hearAnswer(wire))
            .anySatisfy(line -> assertThat(line).contains("too many runs: the helper is busy"));
      }
      Files.createFile(go);
      Eventually.await(
          "the agent has ended",
          () -> helper.audit().endsWith(" ended: Exited[code=5]\n"),
          () -> helper.audit());
      try (Wire wire = ask(started.port())) {
        assertThat(CfengineDialogue.hearAnswer(wire)).contains("(exit code: 5)\n");
      }
    }
    assertThat(helper.executions()).isEqualTo(2);
  }

  /** It is the node's child: systemd would end it with the node's unit. */
  @Test
  void anAgentThatTheNodeHasStartedItselfEndsWithIt() throws IOException {
    try (Started started = start("direct", "echo $$; while :; do :; done");
        Wire wire = ask(started.port())) {
      String line = wire.readFrame().text();
      while (!line.matches("> [0-9]+\n")) {
        line = wire.readFrame().text();
      }
      long agent = Long.parseLong(line.substring(2).strip());
      started.process.destroy();
      started.process.onExit().join();

      Eventually.await(
          "the agent has ended",
          () -> ProcessHandle.of(agent).isEmpty(),
          () -> ProcessHandle.of(agent).map(ProcessHandle::info));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"helper", "sudo"})
  void anAgentEndsAsItWouldWhenItsNodeIsKilled(String way) throws IOException {
    Path go = helper.folder().resolve("go");
    Files.deleteIfExists(go);
    helper.agent(waitingFor(go) + "; yes | head -c 200000");
    int before = (int) helper.audit().lines().count();
    try (Started started = start(way);
        Wire wire = ask(started.port())) {
      while (!wire.readFrame().text().equals("> ready\n")) {
        // It is being started.
      }
      started.process.destroyForcibly();
      started.process.onExit().join();
    }
    Files.createFile(go);

    Eventually.await(
        "the agent has ended",
        () -> helper.audit().lines().count() == before + 2,
        () -> helper.audit());
    assertThat(helper.audit()).endsWith(" ended: Exited[code=0]\n");
  }

  /** Until that is there, or the test is over. */
  private String waitingFor(Path go) {
    String over = "[ ! -e " + helper.agentFile() + " ]";
    return "echo ready; until [ -e " + go + " ] || " + over + "; do sleep 0.01; done";
  }

  private Wire ask(int port) throws IOException {
    Wire wire = Wire.connect(port, relay.key());
    CfengineDialogue.identify(wire, "root");
    CfengineDialogue.request(wire, "EXEC -Dclass1");
    return wire;
  }

  private record Started(Process process, Path log) implements AutoCloseable {
    int port() {
      String words = read(log).replaceAll("(?s).*" + LISTENS + ".*", "$1");
      return Integer.parseInt(words);
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }

  /** As its unit locks it up; but what has no new privileges cannot use sudo. */
  private Started start(String way) throws IOException {
    return start(way, "id -u; echo \"$*\"");
  }

  private Started start(String way, String directly) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    if (!way.equals("sudo")) {
      command.addAll(List.of("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"));
    }
    return start(command, way, directly);
  }

  /** What it keeps is its own, too: the other nodes could not read it. */
  private Started startAsRoot() throws IOException {
    Path state = Files.createDirectories(helper.folder().resolve("state-of-root"));
    return start(
        new ArrayList<>(List.of("env")),
        "direct",
        "id -u; echo \"$*\"",
        "agent.seen-runs=" + state.resolve("seen-runs"),
        "status-socket=" + state.resolve("status.sock"));
  }

  private Started start(List<String> command, String way, String directly, String... more)
      throws IOException {
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-jar", "" + helper.folder().resolve("remote-run.jar"), "node"));
    Stream.concat(
            Stream.of(more),
            Stream.of(
                "id=n1",
                "listen=127.0.0.1:0",
                "keys=" + node.ppkeys(),
                "admit-keys=" + relay.digest(),
                "allow-conditions=class.*",
                "agent.start=" + way,
                "agent.helper-socket=" + socket.path(),
                "agent.sudo=sudo,-n," + helper.script(),
                "agent.disable-file=" + helper.folder().resolve("disabled"),
                "agent.command=/bin/sh,-c," + directly + ",agent"))
        .forEach(setting -> command.add("--remote-run.node." + setting));
    Mark.settings().forEach((name, mark) -> command.add("--" + name + "=" + mark));
    Path log = Files.createTempFile(helper.folder(), "node", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(helper.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Eventually.await(
        "the node listens",
        () -> LISTENS.matcher(read(log)).find() || !process.isAlive(),
        () -> read(log));
    return new Started(process, log);
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
