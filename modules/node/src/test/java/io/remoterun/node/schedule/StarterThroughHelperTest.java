package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.helper.RunHelper;
import io.remoterun.node.agent.AgentCommand;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.HelperLauncher;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.RunBook;
import io.remoterun.node.agent.SeenRuns;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.HelperSocket;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import io.remoterun.testkit.Sudoers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is scheduled, where a helper that is root starts it: at both of its doors. */
@NeedsRoot
@NeedsProgram(
    value = {"systemd-socket-activate", "sudo", "visudo"},
    debianPackage = "sudo or systemd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StarterThroughHelperTest {
  private static final Logger LOGGER = LoggerFactory.getLogger("starter");
  private static final NodeId NODE = new NodeId("n1");
  private static final AgentRuns.Limits LIMITS =
      new AgentRuns.Limits(
          100_000,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));

  private InstalledHelper helper;
  private HelperSocket socket;
  private Sudoers sudoers;
  private Path go;

  /** One process of a node, and what its starter has heard of starts that were in vain. */
  private record Node(
      AgentRuns runs, JobRuns jobs, Starter starter, RunBook book, BlockingQueue<String> full)
      implements AutoCloseable {
    void start(Section section) {
      assertThat(starter.start(section, full::add)).isEqualTo(new Starts.Outcome.Made());
    }

    void stop() {
      runs.close();
      jobs.close();
    }

    @Override
    public void close() {
      stop();
    }
  }

  @BeforeAll
  void installs() throws IOException {
    helper = InstalledHelper.install(RunHelper.class);
    socket = HelperSocket.listen(helper);
    sudoers = Sudoers.allow(helper);
    go = helper.folder().resolve("go");
  }

  @AfterAll
  void removes() throws IOException {
    sudoers.close();
    socket.close();
    helper.close();
  }

  /** All wait for a word. */
  @BeforeEach
  void setsUp() throws IOException {
    String body = "until [ -e " + go + " ]; do sleep 0.01; done";
    helper.agent(body);
    Path other = helper.program("other", body);
    helper.settings("job.other = " + other);
  }

  @AfterEach
  void goesOn() throws IOException {
    Files.deleteIfExists(go);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socket", "sudo"})
  void aJobIsInTheWayNeitherOfTheScheduledAgentNorOfOneThatARelayAsksFor(
      String way, @TempDir Path folder) throws Exception {
    try (Node node = node(way, folder)) {
      node.start(section("other", 2, helper.folder() + "/other"));
      node.start(section("other", 2, helper.folder() + "/other"));
      awaitRunning(node, "other", "other");
      node.start(section("agent", 1, helper.agentFile() + " run"));
      awaitRunning(node, "other", "other", "agent");
      Attached asked = (Attached) node.runs.start(Wish.of(Optional.empty(), List.of(), "a relay"));
      Files.createFile(go);

      assertThat(end(asked)).isInstanceOf(RunEvent.Finished.class);
      Eventually.await("all are over", () -> node.book.ended().size() == 3, node.book::ended);
      assertThat(node.book.ended()).noneMatch(RunBook.Ended::failed);
      assertThat(node.full).isEmpty();
      Files.delete(go);
      helper.agent("true");
      Attached next = (Attached) node.runs.start(Wish.of(Optional.empty(), List.of(), "a relay"));
      assertThat(end(next)).isInstanceOf(RunEvent.Finished.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socket", "sudo"})
  void aScheduledAgentIsToBeTriedAgainWhileOneOfAnEarlierProcessOfTheNodeRuns(
      String way, @TempDir Path folder) throws Exception {
    Section agent = section("agent", 1, helper.agentFile() + " run");
    try (Node earlier = node(way, folder)) {
      earlier.start(agent);
      awaitRunning(earlier, "agent");
      earlier.stop();
      assertThat(earlier.book.ended().getFirst().end())
          .contains("the node is stopping, and the agent goes on");
      try (Node node = node(way, folder)) {
        node.start(agent);
        assertThat(node.full.poll(Eventually.DEADLINE.toSeconds(), TimeUnit.SECONDS))
            .startsWith("the helper is busy: as many runs of agent as may be at once, 1, have not");
        Attached asked = (Attached) node.runs.start(Wish.of(Optional.empty(), List.of(), "r"));
        assertThat(((RunEvent.Failed) end(asked)).failure())
            .extracting(RunFailure::kind)
            .isEqualTo(Kind.OVERLOADED);
        Files.createFile(go);
        Eventually.await(
            "the first one has ended",
            () -> helper.audit().endsWith(" ended: Exited[code=0]\n"),
            helper::audit);
        node.start(agent);

        Eventually.await("three were here", () -> node.book.ended().size() == 3, node.book::ended);
        assertThat(node.book.ended().getFirst().failed()).isFalse();
        assertThat(helper.executions()).isEqualTo(2);
        assertThat(node.full).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "socket,run -u,settings have no job.scheduled-agent",
    "socket,run -D other,condition other is not in",
    "sudo,run -u,settings have no job.scheduled-agent"
  })
  void aSectionThatTheHelperRefusesLeavesTheNodeNotWithoutAgentRuns(
      String way, String words, String reason, @TempDir Path folder) throws Exception {
    helper.agent("true");
    Section section = section("agent", 1, helper.agentFile() + " " + words);
    try (Node node = node(way, folder)) {
      LastStarts last = new LastStarts(folder.resolve("last-starts"), LOGGER);
      Timetable timetable = new Timetable(NODE, node.starter, last, LOGGER);
      timetable.use(List.of(section), lookAfter(Duration.ZERO));
      awaitExecutions(1, node, timetable, Duration.ofMinutes(5));

      assertThat(node.starter.problems())
          .singleElement()
          .asString()
          .startsWith(
              "section agent: the agent is run in its place, as job.agent: the helper refuses: ")
          .contains(reason);
      assertThat(node.book.ended()).extracting(RunBook.Ended::failed).containsExactly(false, true);
      assertThat(last.of("agent")).isPresent();

      helper.settings("job.scheduled-agent = " + helper.agentFile(), "conditions = other");
      awaitExecutions(2, node, timetable, Duration.ofMinutes(10));
      Eventually.await(
          "nothing is wrong", () -> node.starter.problems().isEmpty(), node.starter::problems);
      assertThat(node.book.ended()).hasSize(3);
    }
  }

  /** The node's own thread would look as often as that, or nearly. */
  private void awaitExecutions(int number, Node node, Timetable timetable, Duration time) {
    Eventually.await(
        number + " runs of the agent",
        () -> {
          timetable.look(lookAfter(time));
          return helper.executions() == number && node.book.running().isEmpty();
        },
        () -> node.book.ended() + helper.audit());
  }

  private static Look lookAfter(Duration time) {
    Instant noon = Instant.parse("2026-05-01T12:00:00Z");
    return new Look(noon.plus(time), time.toNanos(), ZoneId.of("UTC"));
  }

  private Node node(String way, Path folder) throws IOException {
    HelperLauncher launcher =
        way.equals("socket")
            ? HelperLauncher.atSocket(socket.path())
            : HelperLauncher.bySudo(List.of("sudo", "-n", helper.script().toString()));
    JobCommands commands =
        new JobCommands(new AgentCommand(List.of(helper.agentFile() + "", "run"), Map.of()));
    RunBook book = new RunBook();
    Path none = folder.resolve("disable-agent");
    SeenRuns seen = new SeenRuns(folder.resolve("seen/runs"));
    AgentRuns runs = new AgentRuns(NODE, launcher, LIMITS, none, seen, book, LOGGER);
    JobRuns jobs = new JobRuns(NODE, launcher, LIMITS, book, LOGGER);
    return new Node(
        runs,
        jobs,
        new Starter(runs, jobs, book, commands, none, LOGGER),
        book,
        new LinkedBlockingQueue<>());
  }

  private static Section section(String name, int atOnce, String command) {
    return new Section(
        name,
        List.of(command.split(" ", -1)),
        Timing.every(Duration.ofMinutes(5)),
        Section.DEFAULT_LONGEST,
        atOnce);
  }

  /** The helper has started them: it says so before it does. */
  private void awaitRunning(Node node, String... jobs) {
    Eventually.await(
        List.of(jobs) + " run",
        () ->
            node.book.running().stream().map(RunBook.Entry::job).toList().equals(List.of(jobs))
                && node.book.running().stream()
                    .allMatch(run -> helper.audit().contains("run=" + run.id())),
        () -> node.book.running() + helper.audit());
  }

  private static RunEvent end(Attached run) {
    return run.log().events().last().blockOptional(Eventually.DEADLINE).orElseThrow();
  }
}
