package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.process.AgentEnvironment;
import io.remoterun.testing.Eventually;
import io.remoterun.testing.HeldBack;
import io.remoterun.testing.Mark;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the helper does when it is asked as it should be: with its own process, as root. */
@NeedsRoot
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunHelperTest {
  private InstalledHelper helper;

  @BeforeAll
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
  }

  @AfterAll
  void removes() throws IOException {
    helper.close();
  }

  @BeforeEach
  void setsUp() throws IOException {
    helper.settings();
    helper.agent("true");
  }

  @Test
  void executesTheCommandOfTheSettingsAndTellsItsEnd() throws IOException {
    helper.agent("echo \"<$*>\"; id -u; exit 3");
    UUID id = UUID.randomUUID();
    byte[] request = AskedHelper.request("agent", id, "class1", "class2");

    try (AskedHelper asked = AskedHelper.ask(helper, request)) {
      List<Told> answers = asked.all();
      assertThat(answers.getFirst().type()).isEqualTo('S');
      assertThat(answers.getFirst().payload())
          .matches("[0-9]+ 1 " + helper.agentFile() + " -D class1,class2");
      assertThat(printed(answers)).isEqualTo("<-D class1,class2>\n0\n");
      assertThat(answers).endsWith(Told.exited(3));
      assertThat(asked.exitStatus()).isZero();
    }
    assertThat(helper.executions()).isOne();
    assertThat(helper.audit().lines().filter(line -> line.contains(id.toString())))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains(" user=65534 job=agent ", " conditions=class1,class2 by=\"test\"")
                    .endsWith(" starts [" + helper.agentFile() + ", -D, class1,class2]"),
            line -> assertThat(line).endsWith(" ended: Exited[code=3]"));
  }

  /** Of whoever starts it, such as root by hand: sudo and systemd let none of this through. */
  @Test
  void aPoisonedEnvironmentReachesNeitherTheHelperNorTheAgent() throws IOException {
    helper.agent("tr '\\0' '\\n' </proc/$$/environ; umask; pwd; ls /proc/self/fd | wc -l");
    ProcessBuilder poisoned = new ProcessBuilder(helper.script().toString());
    poisoned
        .environment()
        .putAll(
            Map.of(
                "SUDO_UID", String.valueOf(InstalledHelper.UID),
                "PATH", "/no/such",
                "BASH_ENV", "/no/such",
                "ENV", "/no/such",
                "LD_LIBRARY_PATH", "/no/such",
                "JAVA_TOOL_OPTIONS", "-Drun-helper.settings=/no/such",
                "JDK_JAVA_OPTIONS", "-Drun-helper.settings=/no/such",
                "CLASSPATH", "/no/such"));

    try (AskedHelper asked = AskedHelper.of(poisoned.start(), AskedHelper.request())) {
      assertThat(printed(asked.all()).lines())
          .containsExactlyInAnyOrder(
              "PATH=" + AgentEnvironment.DEFAULT.get("PATH"), "LANG=C.UTF-8", "0077", "/", "4");
    }
  }

  @Test
  void cancellingEndsTheWholeGroup() throws IOException {
    helper.agent("sh -c 'trap \"\" TERM; echo $$; while :; do :; done' & wait");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      assertThat(asked.next()).extracting(Told::type).isEqualTo('S');
      long child = Long.parseLong(printed(List.of(asked.next())).strip());
      asked.cancel();

      assertThat(asked.all()).endsWith(Told.killed(15));
      // Without a program it only waits for init to notice.
      assertThat(ProcessHandle.of(child).flatMap(it -> it.info().command())).isEmpty();
    }
  }

  /** The daemon is killed or restarted. */
  @Test
  void theAgentGoesOnWhenNobodyListens() throws IOException {
    Path go = helper.folder().resolve("go");
    Path done = helper.folder().resolve("done");
    helper.agent(
        "echo ready; until [ -e "
            + go
            + " ]; do sleep 0.01; done; yes | head -c 300000; touch "
            + done);
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.awaitOutput("ready");
      asked.leave();
      Files.createFile(go);

      assertThat(asked.exitStatus()).isZero();
    }
    assertThat(done).exists();
    assertThat(helper.audit()).endsWith(" ended: Exited[code=0]\n");
  }

  @Test
  void anAgentThatTakesTooLongIsEndedAlsoWhenNobodyListens() throws IOException {
    helper.settings("max-duration = 1");
    helper.agent("echo ready; while :; do :; done");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.awaitOutput("ready");
      asked.leave();

      assertThat(asked.exitStatus()).isZero();
    }
    assertThat(helper.audit()).endsWith(" ended: Killed[signal=15]\n");
  }

  @Test
  void whoEndsTheHelperEndsItsAgent() throws IOException {
    helper.agent("echo ready; while :; do :; done");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.awaitOutput("ready");
      asked.process().toHandle().destroy();

      assertThat(asked.all()).endsWith(Told.killed(15));
    }
    assertThat(helper.audit()).endsWith(" ended: Killed[signal=15]\n");
  }

  /** As with sudo at a terminal, whose keys the helper hears as well. */
  @Test
  void whoEndsTheHelperJustBeforeItsAgentBeginsGetsNone() throws IOException {
    Path seen = helper.folder().resolve("seen");
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    ProcessBuilder ended =
        new ProcessBuilder(
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-Drun-helper.settings=" + helper.settingsFile(),
            "-cp",
            System.getProperty("java.class.path"),
            EndedHelper.class.getName(),
            seen.toString());
    ended.environment().put("SUDO_UID", String.valueOf(InstalledHelper.UID));
    try (AskedHelper asked = AskedHelper.of(ended.start(), AskedHelper.request())) {
      assertThat(asked.all()).singleElement().extracting(Told::type).isEqualTo('R');
      Files.createFile(seen);
      assertThat(asked.exitStatus()).isZero();
    }
    assertThat(helper.executions()).isZero();
    assertThat(helper.audit()).contains(" starts [").endsWith(" Shutdown in progress\n");
  }

  @Test
  void aChildThatIsLeftBehindHoldsUpNeitherTheEndNorTheNextRun() throws IOException {
    helper.agent("sleep 60 & echo $!");
    long child;
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.next();
      child = Long.parseLong(printed(List.of(asked.next())).strip());
      assertThat(asked.next()).isEqualTo(Told.exited(0));
      helper.agent("true");
      try (AskedHelper next = AskedHelper.ask(helper, AskedHelper.request())) {
        assertThat(next.all()).endsWith(Told.exited(0));
      }
      // It still reads what the child prints, which would be killed by it otherwise.
      assertThat(asked.process().isAlive()).isTrue();
      assertThat(ProcessHandle.of(child)).isPresent();
      ProcessHandle.of(child).ifPresent(ProcessHandle::destroy);
      assertThat(asked.exitStatus()).isZero();
    }
  }

  /** Otherwise nobody would see what a test forgets. */
  @Test
  void whatAnAgentOfTheseTestsLeavesBehindHasTheirMark() throws IOException {
    helper.agent("setsid sleep 60 & echo $! >>" + helper.folder() + "/left; echo begun");
    List<String> mark =
        Mark.variables().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .toList();
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.awaitOutput("begun");
      String left = Files.readString(helper.folder().resolve("left")).strip();

      Eventually.await(
          "it is marked", () -> environment(left).containsAll(mark), () -> environment(left));
      assertThat(endLeft()).isOne();
    }
  }

  private static List<String> environment(String pid) {
    try {
      return List.of(Files.readString(Path.of("/proc", pid, "environ")).split("\0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each of these helpers is a process, of which systemd's socket lets there be 16. */
  @Test
  void childrenThatAreLeftBehindLeaveRoomForHelpers() throws IOException {
    Path other = helper.program("other", "sleep 60 & echo $! >>" + helper.folder() + "/left");
    helper.settings("job.other = " + other);
    List<AskedHelper> asked = new ArrayList<>();
    try {
      for (int run = 0; run < RunHelper.MOST_AT_ONCE; run++) {
        asked.add(AskedHelper.ask(helper, request("other")));
      }
      for (AskedHelper each : asked) {
        assertThat(each.next()).extracting(Told::type).isEqualTo('S');
        assertThat(each.next()).isEqualTo(Told.exited(0));
      }
      Eventually.await(
          "four read on", () -> alive(asked) == HelperRun.MOST_LEFT, () -> alive(asked));
      assertThat(asked)
          .filteredOn(each -> !each.process().isAlive())
          .allMatch(each -> each.exitStatus() == 0);
      try (AskedHelper next = AskedHelper.ask(helper, AskedHelper.request())) {
        assertThat(next.all()).endsWith(Told.exited(0));
      }
    } finally {
      endLeft();
      for (AskedHelper each : asked) {
        each.close();
      }
    }
  }

  @Test
  void aChildThatIsLeftBehindIsReadForSoLongOnly() throws IOException {
    Path other = helper.program("other", "sleep 60 & echo $! >>" + helper.folder() + "/left");
    helper.settings("job.other = " + other, "drain = 1");
    try (AskedHelper asked = AskedHelper.ask(helper, request("other"))) {
      assertThat(asked.all()).endsWith(Told.exited(0));

      assertThat(asked.exitStatus()).isZero();
      assertThat(endLeft()).isOne();
    }
  }

  @Test
  void aChildThatIsLeftBehindIsReadAlsoAfterALateCancel() throws IOException {
    Path go = helper.folder().resolve("go-and-print");
    Path done = helper.folder().resolve("printed");
    String print = "for i in $(seq 100); do echo; sleep 0.01; done; touch " + done;
    helper.agent("(until [ -e " + go + " ]; do sleep 0.01; done; " + print + ") & exit 0");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.next();
      assertThat(asked.next()).isEqualTo(Told.exited(0));
      asked.cancel();
      Files.createFile(go);

      assertThat(asked.exitStatus()).isZero();
    }
    assertThat(done).exists();
    Files.delete(go);
    Files.delete(done);
  }

  private static long alive(List<AskedHelper> asked) {
    return asked.stream().filter(each -> each.process().isAlive()).count();
  }

  /** Ends what agents have left behind; returns how many there were. */
  private long endLeft() throws IOException {
    Path left = helper.folder().resolve("left");
    List<String> pids = Files.exists(left) ? Files.readAllLines(left) : List.of();
    Files.deleteIfExists(left);
    return pids.stream()
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
        .filter(ProcessHandle::destroy)
        .count();
  }

  private static byte[] request(String job) {
    return AskedHelper.request(job, UUID.randomUUID());
  }

  @Test
  void otherJobsRunBesideTheAgentAndTenTimesAtOnce() throws IOException {
    Path go = helper.folder().resolve("go-on");
    String body = "echo ready; until [ -e " + go + " ]; do sleep 0.01; done";
    Path other = helper.program("other", body);
    helper.agent(body);
    helper.settings("job.other = " + other);
    List<AskedHelper> all = new ArrayList<>();
    try {
      all.add(AskedHelper.ask(helper, AskedHelper.request("class1")));
      for (int run = 0; run < RunHelper.MOST_AT_ONCE; run++) {
        all.add(AskedHelper.ask(helper, request("other")));
      }
      for (AskedHelper each : all) {
        each.awaitOutput("ready");
      }
      for (String full : List.of("other", "agent")) {
        try (AskedHelper more = AskedHelper.ask(helper, request(full))) {
          assertThat(more.all()).singleElement().extracting(Told::type).isEqualTo('B');
        }
      }
      Files.createFile(go);
      for (AskedHelper each : all) {
        assertThat(each.all()).endsWith(Told.exited(0));
      }
      try (AskedHelper later = AskedHelper.ask(helper, request("other"))) {
        assertThat(later.all()).endsWith(Told.exited(0));
      }
    } finally {
      for (AskedHelper each : all) {
        each.close();
      }
      Files.deleteIfExists(go);
    }
  }

  /** An inventory is a run of the agent, too. */
  @Test
  void whatIsStartedByTheAgentsProgramNeverRunsBesideIt() throws IOException {
    Path go = helper.folder().resolve("go-on");
    helper.agent("echo ready; until [ -e " + go + " ]; do sleep 0.01; done");
    helper.settings("job.inventory = " + helper.agentFile() + " inventory");
    try (AskedHelper agent = AskedHelper.ask(helper, AskedHelper.request())) {
      agent.awaitOutput("ready");
      try (AskedHelper inventory = AskedHelper.ask(helper, request("inventory"))) {
        assertThat(inventory.all()).singleElement().extracting(Told::type).isEqualTo('B');
      }
      Files.createFile(go);
      assertThat(agent.all()).endsWith(Told.exited(0));
    } finally {
      Files.deleteIfExists(go);
    }
    assertThat(helper.executions()).isOne();
  }

  /** Many helpers begin at once; each id has to be written down, and none twice. */
  @Test
  void runsThatBeginAtOnceAreAllWrittenDown() throws IOException {
    Path other = helper.program("other", "true");
    helper.settings("job.other = " + other);
    Files.deleteIfExists(helper.folder().resolve("state/seen-runs"));
    byte[] same = request("other");
    List<AskedHelper> asked = new ArrayList<>();
    for (int run = 0; run < 8; run++) {
      asked.add(AskedHelper.ask(helper, run < 4 ? same : request("other")));
    }
    int ended = 0;
    for (AskedHelper each : asked) {
      ended += each.all().getLast().type() == 'X' ? 1 : 0;
      each.close();
    }

    assertThat(ended).isEqualTo(5);
    assertThat(Files.readAllLines(helper.folder().resolve("state/seen-runs")))
        .hasSize(5)
        .doesNotHaveDuplicates();
  }

  /** The disk is full, say. */
  @Test
  void tellsOfTheEndAlsoWhenItCannotBeWrittenDown() throws IOException {
    Path log = helper.folder().resolve("state/audit.log");
    helper.agent("rm " + log + "; mkdir " + log + "; exit 3");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      assertThat(asked.all()).endsWith(Told.exited(3));
      assertThat(asked.exitStatus()).isZero();
    } finally {
      Files.delete(log);
    }
  }

  /** As one that the kernel holds: it has been killed, and its parent does not hear of it. */
  @Test
  void anAgentThatIsNotSeenToEndIsWrittenDown() throws IOException {
    helper.settings("max-duration = 1");
    helper.agent("echo $$; exec sleep 60");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.next();
      int agent = Integer.parseInt(printed(List.of(asked.next())).strip());
      try (HeldBack _ = HeldBack.fromItsParent(agent)) {
        assertThat(asked.exitStatus()).isOne();
        assertThat(helper.audit())
            .endsWith(
                " gives up: it is not seen to end, or the node does not read what it prints\n");
      }
    }
  }

  /** The next agent may run beside it: who has cancelled this one has to know. */
  @Test
  void aChildThatCannotBeEndedIsTold() throws IOException {
    helper.agent("sleep 60 & echo $!; wait");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      asked.next();
      int child = Integer.parseInt(printed(List.of(asked.next())).strip());
      try (HeldBack _ = HeldBack.fromItsEnd(child)) {
        asked.cancel();

        assertThat(asked.all()).endsWith(new Told('K', "15 left"));
      }
    }
    assertThat(helper.audit())
        .endsWith(" ended: Killed[signal=15], but not all that it had started\n");
  }

  @Test
  void aProgramThatTheSystemCannotExecuteIsTold() throws IOException {
    Files.writeString(helper.agentFile(), "#!/no/such/interpreter\n");
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request())) {
      Told told = asked.all().getFirst();
      assertThat(told.type()).isEqualTo('N');
      assertThat(told.payload()).contains("No such file or directory");
    }
    assertThat(helper.audit().lines().toList().getLast()).contains(" refused: cannot start ");
  }

  @Test
  void onlyTheLastIdsAreKept() throws IOException {
    Path newer = helper.folder().resolve("state/seen-runs");
    Path older = helper.folder().resolve("state/seen-runs.1");
    UUID oldest = UUID.randomUUID();
    UUID last = UUID.randomUUID();
    Files.writeString(older, oldest + "\n");
    Files.write(newer, Stream.generate(() -> "" + UUID.randomUUID()).limit(7084).toList());
    try {
      assertThat(run(oldest)).isEqualTo('R');
      assertThat(run(last)).isEqualTo('X');
      assertThat(newer).content().hasLineCount(7085);
      assertThat(run(UUID.randomUUID())).isEqualTo('X');
      assertThat(newer).content().hasLineCount(1);
      assertThat(older).content().hasLineCount(7085);
      assertThat(run(last)).isEqualTo('R');
      assertThat(run(oldest)).isEqualTo('X');
    } finally {
      Files.delete(older);
    }
  }

  /** A power cut may leave part of a line. */
  @Test
  void anIdAfterATornLineIsKnownAgain() throws IOException {
    Path seen = helper.folder().resolve("state/seen-runs");
    UUID id = UUID.randomUUID();
    Files.write(seen, new byte[] {'3', '5', 0, -1, '7'}, StandardOpenOption.CREATE);

    assertThat(run(id)).isEqualTo('X');
    assertThat(run(id)).isEqualTo('R');
  }

  /** The last that is told. */
  private char run(UUID id) throws IOException {
    try (AskedHelper asked = AskedHelper.ask(helper, AskedHelper.request("agent", id))) {
      return asked.all().getLast().type();
    }
  }

  private static String printed(List<Told> answers) {
    return answers.stream()
        .filter(told -> told.type() == 'O')
        .map(Told::payload)
        .collect(Collectors.joining());
  }
}
