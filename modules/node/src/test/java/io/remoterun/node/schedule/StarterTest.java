package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.remoterun.node.agent.AgentCommand;
import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.DirectLauncher;
import io.remoterun.node.agent.JobCommands;
import io.remoterun.node.agent.JobRuns;
import io.remoterun.node.agent.RunBook;
import io.remoterun.node.agent.SeenRuns;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With real processes: an agent that goes on when it is told to. */
class StarterTest {
  private static final Logger LOGGER = LoggerFactory.getLogger("starter");
  private static final NodeId NODE = new NodeId("n1");
  private static final List<Condition> A = List.of(new Condition("a"));

  @TempDir private Path folder = Path.of("");
  private final RunBook book = new RunBook();
  private AgentRuns runs;
  private JobRuns jobs;
  private Starter starter;

  private static AgentRuns.Limits limits() {
    return new AgentRuns.Limits(
        100_000,
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        Duration.ofMillis(100),
        Duration.ofMillis(200));
  }

  private Path disableFile() {
    return folder.resolve("disable-agent");
  }

  @BeforeEach
  void start() throws Exception {
    script("agent");
    script("other");
    JobCommands commands =
        new JobCommands(new AgentCommand(List.of(folder + "/agent", "run"), Map.of()));
    AgentLauncher launcher = new DirectLauncher(commands);
    SeenRuns seen = new SeenRuns(folder.resolve("seen/runs"));
    runs = new AgentRuns(NODE, launcher, limits(), disableFile(), seen, book, LOGGER);
    jobs = new JobRuns(NODE, launcher, limits(), book, LOGGER);
    starter = new Starter(runs, jobs, book, commands, disableFile(), LOGGER);
    starter.use(
        List.of(
            section("agent", "agent run"),
            section("mine", "agent more"),
            section("other", "other")));
  }

  @AfterEach
  void stop() {
    runs.close();
    jobs.close();
  }

  @Test
  void aRelayThatAsksWhileTheScheduledAgentRunsGetsItsOutputFromTheFirstLine() throws Exception {
    assertThat(start(section("agent", "agent run"))).isEqualTo(new Starts.Outcome.Made());
    awaitRuns("agent run");
    Attached asked = (Attached) runs.start(Wish.of(Optional.of(RunId.random()), List.of(), "r"));
    goOn("agent");

    assertThat(output(asked)).containsExactly("begin run\n", "end run\n");
    assertThat(lines()).containsExactly("agent run");
    assertThat(book.ended())
        .singleElement()
        .extracting(it -> it.run().askedBy())
        .isEqualTo("schedule");
  }

  @Test
  void aSectionGetsIntoTheRunThatARelayHasAskedForWithTheSameConditions() throws Exception {
    Attached asked = (Attached) runs.start(Wish.of(Optional.empty(), A, "r"));
    awaitRuns("agent run -D a");
    assertThat(start(section("agent", "agent run -D a"))).isEqualTo(new Starts.Outcome.Made());
    goOn("agent");

    assertThat(output(asked)).hasSize(2);
    assertThat(lines()).containsExactly("agent run -D a");
  }

  @Test
  void anotherCommandOfTheAgentsProgramWaitsForItsTurnAndIsRefusedWhenOneWaits() throws Exception {
    Attached first = (Attached) runs.start(Wish.of(Optional.empty(), A, "r"));
    awaitRuns("agent run -D a");
    assertThat(start(section("mine", "agent more"))).isEqualTo(new Starts.Outcome.Made());
    assertThat(book.waiting()).singleElement().extracting(RunBook.Entry::job).isEqualTo("mine");
    assertThat(starter.waits(section("mine", "agent more"))).isTrue();
    assertThat(starter.waits(section("agent", "agent run"))).isFalse();
    assertThat(start(section("agent", "agent run")))
        .asInstanceOf(type(Starts.Outcome.Full.class))
        .extracting(Starts.Outcome.Full::why, STRING)
        .contains("of section mine with [] waits");
    goOn("agent");
    assertThat(output(first)).hasSize(2);
    awaitRuns("agent run -D a", "agent more");
    assertThat(starter.waits(section("mine", "agent more"))).isFalse();
    goOn("agent");
    Eventually.await("both are over", () -> book.ended().size() == 2, book::running);
    assertThat(start(section("agent", "agent run"))).isEqualTo(new Starts.Outcome.Made());
  }

  /** Otherwise a second agent would run beside the first. */
  @Test
  void aSectionWithTheAgentsNameThatRunsSomethingElseRunsThat() throws Exception {
    Section other = section("agent", "other");
    starter.use(List.of(other, section("mine", "agent run")));
    start(other);

    awaitRuns("other");
    goOn("other");
  }

  @Test
  void whatIsNotTheAgentRunsBesideItAndOnlySoManyAtOnce() throws Exception {
    try (CapturedLog log = CapturedLog.of("starter")) {
      start(section("agent", "agent run"));
      awaitRuns("agent run");
      start(section("other", "other"));
      awaitRuns("agent run", "other");
      assertThat(start(section("other", "other"))).isEqualTo(new Starts.Outcome.LeftOut());

      log.await("a start of section other is left out: 1 of its runs go on");
      assertThat(book.running()).hasSize(2);
      goOn("other");
      log.await("of section other", "is over after", "exit status 0");
    }
  }

  @Test
  void aRunThatTakesLongerThanItsSectionAllowsIsEnded() {
    try (CapturedLog log = CapturedLog.of("starter")) {
      for (String name : List.of("agent run", "other")) {
        start(
            new Section(
                name.split(" ", -1)[0],
                List.of((folder + "/" + name).split(" ", -1)),
                Timing.every(Duration.ofMinutes(5)),
                Duration.ofSeconds(1),
                1));
      }
      Eventually.await("both are over", () -> book.ended().size() == 2, log::lines);
    }
    assertThat(book.ended())
        .allSatisfy(run -> assertThat(run.end()).contains("after 1.0 s, the longest"));
  }

  @Test
  void nothingIsStartedWhileTheAgentIsDisabledWhichIsSaidOnce() throws Exception {
    try (CapturedLog log = CapturedLog.of("starter")) {
      Files.createFile(disableFile());
      for (int time = 0; time < 3; time++) {
        assertThat(start(section("agent", "agent run"))).isEqualTo(new Starts.Outcome.LeftOut());
        assertThat(start(section("other", "other"))).isEqualTo(new Starts.Outcome.LeftOut());
      }
      assertThat(book.running()).isEmpty();
      assertThat(log.lines())
          .containsExactly("WARN nothing is started by the schedule: there is " + disableFile());
      Files.delete(disableFile());
      start(section("other", "other"));
      awaitRuns("other");
      goOn("other");
    }
  }

  @Test
  void aSectionThatIsDisabledWhileItWaitsIsRunItselfAfterwards() throws Exception {
    Attached first = (Attached) runs.start(Wish.of(Optional.empty(), A, "r"));
    awaitRuns("agent run -D a");
    assertThat(start(section("mine", "agent more"))).isEqualTo(new Starts.Outcome.Made());
    Files.createFile(disableFile());
    goOn("agent");
    assertThat(output(first)).hasSize(2);
    Eventually.await("both are over", () -> book.ended().size() == 2, book::running);
    assertThat(book.ended().getFirst().end()).contains("disable-agent");
    assertThat(starter.problems()).isEmpty();

    Files.delete(disableFile());
    start(section("mine", "agent more"));
    awaitRuns("agent run -D a", "agent more");
    goOn("agent");
  }

  @Test
  void anAgentOfAnotherCommandHasANameOfItsOwn() {
    List<String> agent = List.of("/agent", "run");
    assertThat(job("agent", "/agent run", agent)).isEqualTo(new Job("agent", List.of()));
    assertThat(job("hourly", "/agent run", agent)).isEqualTo(new Job("agent", List.of()));
    assertThat(job("x", "/agent run -D a", agent)).isEqualTo(new Job("agent", A));
    assertThat(job("x", "/agent run -D a,,", agent).name()).isEqualTo("agent");
    assertThat(job("x", "/agent run -D ~", agent)).isEqualTo(new Job("x", List.of()));
    assertThat(job("agent", "/agent run -u", agent))
        .isEqualTo(new Job(Job.SCHEDULED_AGENT, List.of()));
  }

  private Starts.Outcome start(Section section) {
    return starter.start(
        section,
        full -> {
          throw new AssertionError(full);
        });
  }

  private static Job job(String name, String command, List<String> agent) {
    return Job.of(
        new Section(
            name,
            List.of(command.split(" ", -1)),
            Timing.every(Duration.ofMinutes(5)),
            Section.DEFAULT_LONGEST,
            1),
        agent);
  }

  private Section section(String name, String command) {
    return new Section(
        name,
        List.of((folder + "/" + command).split(" ", -1)),
        Timing.every(Duration.ofMinutes(5)),
        Section.DEFAULT_LONGEST,
        1);
  }

  /** Writes down that it was here, and waits for a word. */
  private void script(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(
        file,
        """
        #!/bin/sh
        cd %s
        echo begin $*
        test -p go-%s || mkfifo go-%s
        echo %s $* >> runs
        read x < go-%s
        echo end $*
        """
            .formatted(folder, name, name, name, name));
    file.toFile().setExecutable(true);
  }

  private void goOn(String name) throws IOException {
    Files.writeString(folder.resolve("go-" + name), "go\n");
  }

  private void awaitRuns(String... expected) {
    Eventually.await(
        "runs " + List.of(expected), () -> lines().equals(List.of(expected)), this::lines);
  }

  private List<String> lines() {
    try {
      Path file = folder.resolve("runs");
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(String::strip).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> output(Attached run) {
    return run.log()
        .events()
        .ofType(RunEvent.Output.class)
        .map(output -> output.bytes().toUtf8())
        .collectList()
        .blockOptional(Eventually.DEADLINE)
        .orElseThrow();
  }
}
