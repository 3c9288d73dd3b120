package io.remoterun.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.process.AgentEnvironment;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.TestHost;
import io.remoterun.testkit.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node's role in a process of its own, whose environment is poisoned and whose heap is small.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeProcessTest {
  private static final Pattern LISTENS = Pattern.compile("listens on \\S+:([0-9]+) ");
  private static final long FIVE_GIGABYTES = 5_000_000_000L;
  private static final long KEPT = 8_000_000;
  private static final long HEAP = 64;

  private Path folder;
  private TestHost relay;
  private Process process;
  private int port;
  private int descriptors;

  @BeforeAll
  void starts(@TempDir Path temporary) throws IOException {
    folder = temporary;
    relay = TestHost.make(folder, "relay");
    TestHost host = TestHost.make(folder, "node").trusting(relay);
    agent("");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx" + HEAP + "m"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), NodeMain.class.getName()));
    Stream.of(
            "id=n1",
            "listen=127.0.0.1:0",
            "keys=" + host.ppkeys(),
            "admit-keys=" + relay.digest(),
            "deadlines.idle=1s",
            "agent.output=" + KEPT + "B",
            "agent.disable-file=" + folder.resolve("disabled"),
            "agent.environment.FOR_THE_AGENT=1",
            "agent.command=" + folder.resolve("agent"))
        .forEach(setting -> command.add("--remote-run.node." + setting));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(poison());
    process = builder.start();
    port = port();
    // What is opened once: the logs of its classes and of the first connection.
    agent("echo hello");
    assertThat(printed()).containsExactly("hello");
    awaitLine("is over after ");
    descriptors = descriptors();
  }

  /** Whatever the runs were like. */
  @AfterEach
  void hasNoMoreDescriptorsThanBefore() {
    Eventually.await(
        "not more than " + descriptors + " descriptors",
        () -> descriptors() <= descriptors,
        this::descriptors);
  }

  private int descriptors() {
    String[] open = Path.of("/proc/" + process.pid() + "/fd").toFile().list();
    return Objects.requireNonNull(open).length;
  }

  @AfterAll
  void ends() throws Exception {
    process.destroy();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    process.getInputStream().close();
    process.getOutputStream().close();
    process.getErrorStream().close();
  }

  /** Each of them would do something to a shell, a program or a JVM. */
  private Map<String, String> poison() throws IOException {
    Path script = Files.writeString(folder.resolve("poison"), "echo poisoned\n");
    return Map.of(
        "LD_PRELOAD", "/no/such.so",
        "LD_LIBRARY_PATH", "/no/such",
        "PATH", "/no/such",
        "BASH_ENV", script.toString(),
        "ENV", script.toString(),
        "IFS", "x",
        "JAVA_TOOL_OPTIONS", "-Dpoisoned=true",
        "JDK_JAVA_OPTIONS", "-Dpoisoned=true");
  }

  @Test
  void theAgentHasWhatItIsGivenAndNothingOfTheNode() throws IOException {
    assertThat(environ(String.valueOf(process.pid())))
        .contains("LD_PRELOAD=/no/such.so", "PATH=/no/such", "JAVA_TOOL_OPTIONS=-Dpoisoned=true")
        .anyMatch(variable -> variable.startsWith("BASH_ENV="));

    agent("tr '\\0' '\\n' < /proc/$$/environ; echo; ls /proc/self/fd; umask; pwd");
    assertThat(printed())
        .containsExactly(
            "FOR_THE_AGENT=1",
            "LANG=C.UTF-8",
            "PATH=" + AgentEnvironment.DEFAULT.get("PATH"),
            "",
            "0",
            "1",
            "2",
            // what ls reads the folder with
            "3",
            "0077",
            "/");
  }

  /** The patience with a peer that asks for nothing is 1 s. */
  @Test
  void anAgentThatPrintsNothingForLongIsWaitedFor() throws IOException {
    agent("sleep 2; echo after");

    assertThat(printed()).containsExactly("after");
  }

  /** Who reads nothing gets what is kept, and is told how much is not. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void fiveGigabytesThatNobodyReadsCostWhatIsKeptOfThem() throws IOException {
    agent("yes $(printf %09999d 0) | head -c " + FIVE_GIGABYTES + "; exit 7");
    Duration before = processorTime();
    long begin = System.nanoTime();
    long output = 0;
    long dropped = 0;
    List<String> rest = new ArrayList<>();
    try (Wire wire = asked()) {
      awaitLine("is over after .*exit status 7");
      double seconds = (System.nanoTime() - begin) / 1e9;
      for (String item : CfengineDialogue.hearAnswer(wire)) {
        Matcher gap = Pattern.compile("\\(([0-9]+) bytes of output dropped\\)\n").matcher(item);
        if (item.startsWith("> ")) {
          output += item.length() - 2;
        } else if (gap.matches()) {
          dropped += Long.parseLong(gap.group(1));
        } else {
          rest.add(item);
        }
      }
      System.out.printf(
          "5 GB of an agent in %.1f s, %.0f MB/s; the node's processor time %.1f s, at most %s%n",
          seconds,
          FIVE_GIGABYTES / seconds / 1e6,
          processorTime().minus(before).toMillis() / 1e3,
          resident());
    }

    assertThat(rest).last().isEqualTo("(exit code: 7)\n");
    assertThat(output + dropped).isEqualTo(FIVE_GIGABYTES);
    // What has left for the connection's buffers is not kept any more.
    assertThat(output).isBetween(KEPT / 2, 4 * KEPT);
  }

  private void agent(String body) throws IOException {
    Path agent = folder.resolve("agent");
    Files.writeString(agent, "#!/bin/bash\n" + body + "\n");
    assertThat(agent.toFile().setExecutable(true)).isTrue();
  }

  private Wire asked() throws IOException {
    Wire wire = Wire.connect(port, relay.key());
    CfengineDialogue.identify(wire, "root");
    CfengineDialogue.request(wire, "EXEC");
    return wire;
  }

  private List<String> printed() throws IOException {
    try (Wire wire = asked()) {
      List<String> answer = CfengineDialogue.hearAnswer(wire);
      assertThat(answer).last().isEqualTo("(exit code: 0)\n");
      return answer.subList(1, answer.size() - 1).stream()
          .map(line -> line.substring(2).stripTrailing())
          .toList();
    }
  }

  private int port() throws IOException {
    Matcher listens = LISTENS.matcher(awaitLine(LISTENS.pattern()));
    assertThat(listens.find()).isTrue();
    return Integer.parseInt(listens.group(1));
  }

  private String awaitLine(String pattern) throws IOException {
    Pattern awaited = Pattern.compile(pattern);
    List<String> heard = new ArrayList<>();
    BufferedReader log = process.inputReader();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      heard.add(line);
      if (awaited.matcher(line).find()) {
        return line;
      }
    }
    throw new AssertionError("the node ended without '" + pattern + "': " + heard);
  }

  private static List<String> environ(String pid) throws IOException {
    return List.of(Files.readString(Path.of("/proc", pid, "environ")).split("\0"));
  }

  private Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElseThrow();
  }

  /** The most that it has had in memory. */
  private String resident() throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return status
          .filter(line -> line.startsWith("VmHWM:"))
          .findFirst()
          .orElse("VmHWM:?")
          .substring(6)
          .strip();
    }
  }
}
