package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** One agent at a time, and no run id twice. */
class SingleFlightTest {
  private static final List<Condition> A = List.of(new Condition("a"));
  private static final List<Condition> B = List.of(new Condition("b"));

  /** Goes on when it is told to, and writes down when it was there. */
  private static final String GATED =
      "test -p $DIR/go || mkfifo $DIR/go; echo begin $* >> $DIR/runs; echo ready;"
          + " read x < $DIR/go; seq 2000; echo end $* >> $DIR/runs";

  @TempDir private Path folder = Path.of("");
  private TestAgent agent;
  private AgentRuns runs;

  @BeforeEach
  void start() {
    agent = new TestAgent(folder);
    runs = agent.runs(GATED, "agent");
  }

  @AfterEach
  void stop() {
    runs.close();
  }

  @Test
  void fiftyAtOnceAreOneAgentAndFiftyWholeOutputs() throws Exception {
    CountDownLatch all = new CountDownLatch(50);
    Callable<List<RunEvent>> trigger =
        () -> {
          Attached run = start(RunId.random(), A);
          all.countDown();
          return events(run);
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<RunEvent>>> outputs =
          Stream.generate(() -> threads.submit(trigger)).limit(50).toList();
      all.await();
      goOn();

      for (Future<List<RunEvent>> output : outputs) {
        assertThat(output.get()).hasSize(2003).startsWith(started("a")).endsWith(finished());
      }
    }
    assertThat(agents()).containsExactly("begin -D a", "end -D a");
  }

  @Test
  void oneWithOtherConditionsWaitsForItsTurnAndMoreOfThemJoinIt() throws Exception {
    Attached first = ready(A);
    RunId second = RunId.random();
    Attached waits = start(second, B);
    Attached joins = start(RunId.random(), B);
    Attached joinsFirst = start(RunId.random(), A);

    assertThat(first.awaited()).isEmpty();
    assertThat(waits.awaited()).contains("run " + first.id() + " with [a]");
    assertThat(joins.id()).isEqualTo(second);
    assertThat(joinsFirst.id()).isEqualTo(first.id());
    assertThat(runs.start(TestAgent.wish(RunId.random(), List.of())))
        .isEqualTo(
            new AgentRuns.Refused(
                Kind.OVERLOADED,
                "run "
                    + first.id()
                    + " with [a] is running, and run "
                    + second
                    + " with [b] waits"));
    goOn();
    assertThat(events(first)).isEqualTo(events(joinsFirst)).endsWith(finished());
    goOn();
    assertThat(events(waits)).isEqualTo(events(joins)).startsWith(started("b")).hasSize(2003);
    assertThat(agents()).containsExactly("begin -D a", "end -D a", "begin -D b", "end -D b");
  }

  @Test
  void theOrderOfConditionsMeansNothing() throws Exception {
    Attached first = ready(List.of(A.getFirst(), B.getFirst()));

    assertThat(start(RunId.random(), List.of(B.getFirst(), A.getFirst())).id())
        .isEqualTo(first.id());
  }

  @Test
  void whoHasHeardOfTheEndAndAsksAgainGetsAnotherRun() throws Exception {
    runs.close();
    runs = agent.runs("echo ran >> $DIR/runs");
    for (int run = 1; run <= 20; run++) {
      assertThat(events(start(RunId.random(), A))).endsWith(finished());
      assertThat(agents()).hasSize(run);
    }
  }

  @Test
  void theSameIdGetsTheSameRunWhileItRunsAndAfterwards() throws Exception {
    RunId id = RunId.random();
    Attached first = start(id, A);
    Attached second = start(id, A);
    goOn();
    List<RunEvent> events = events(first);

    assertThat(events(second)).isEqualTo(events).hasSize(2003);
    assertThat(events(start(id, A))).isEqualTo(events);
    assertThat(runs.start(TestAgent.wish(id, B)))
        .isEqualTo(
            new AgentRuns.Refused(Kind.REFUSED, "there is a run " + id + " with [a] already"));
    assertThat(agents()).containsExactly("begin -D a", "end -D a");
  }

  @Test
  void noIdRunsAgainAfterARestartAlsoNotOneThatHadJoined() throws Exception {
    RunId id = RunId.random();
    RunId joined = RunId.random();
    ready(id, A);
    assertThat(start(joined, A).problem().get()).isEmpty();
    runs.close();
    runs = agent.runs(GATED, "agent");

    for (RunId again : List.of(id, joined)) {
      assertThat(runs.start(TestAgent.wish(again, A)))
          .isEqualTo(
              new AgentRuns.Refused(
                  Kind.REFUSED,
                  "run " + again + " was here before, and what it printed is not kept any more"));
    }
    assertThat(agents()).containsExactly("begin -D a");
  }

  @Test
  void onlyTheOutputOfTheLastRunsIsKept() throws Exception {
    runs.close();
    runs = agent.runs("echo ran | tee -a $DIR/runs");
    List<RunId> ids = Stream.generate(RunId::random).limit(KnownRuns.MOST_ENDED + 1).toList();
    List<Attached> all = new ArrayList<>();
    for (RunId id : ids) {
      all.add(start(id, A));
      events(all.getLast());
    }

    // Who has begun to read it may go on.
    assertThat(events(all.getFirst())).hasSize(3).endsWith(finished());
    assertThat(events(start(ids.get(1), A))).endsWith(finished());
    assertThat(runs.start(TestAgent.wish(ids.getFirst(), A)))
        .asInstanceOf(type(AgentRuns.Refused.class))
        .extracting(AgentRuns.Refused::kind)
        .isEqualTo(Kind.REFUSED);
    assertThat(agents()).hasSize(ids.size());
  }

  /** The first one without an id, as CFEngine's own programs ask. */
  @Test
  void slowReadersDoNotKeepTheOutputOfManyRunsInMemory() throws Exception {
    runs.close();
    runs = agent.runs("head -c 3000000 /dev/zero | tr '\\0' x | fold -w 10000");
    List<Attached> all = new ArrayList<>();
    all.add((Attached) runs.start(TestAgent.wish(A)));
    events(all.getFirst());
    for (int run = 0; run <= KnownRuns.MOST_ENDED; run++) {
      all.add(start(RunId.random(), A));
      events(all.getLast());
    }

    // They would be 6 MB, where 4 MB are kept of a run.
    StepVerifier.create(all.get(0).log().events())
        .verifyErrorMessage("the log of the run was discarded");
    assertThat(events(all.get(1))).endsWith(finished());
  }

  @Test
  void anIdThatCannotBeWrittenDownIsNotRun() throws Exception {
    Files.delete(agent.seenRuns());
    Files.delete(agent.seenRuns().getParent());
    RunId id = RunId.random();

    assertThat(events(start(id, A)))
        .singleElement(type(RunEvent.Failed.class))
        .satisfies(
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.AGENT);
              assertThat(failed.failure().reason())
                  .startsWith("its run id cannot be written down: ")
                  .contains(agent.seenRuns().toString());
            });
    Files.createDirectory(agent.seenRuns().getParent());
    Attached again = start(id, A);
    goOn();
    assertThat(events(again)).endsWith(finished());
    assertThat(seen()).isEqualTo(id + "\n");
  }

  /** Otherwise the id would begin another run after a restart. */
  @Test
  void anIdThatJoinsAndCannotBeWrittenDownIsToldWhyAndMayComeAgain() throws Exception {
    Attached first = ready(A);
    Files.delete(agent.seenRuns());
    Files.delete(agent.seenRuns().getParent());
    RunId id = RunId.random();

    assertThat(start(id, A).problem().get())
        .get(STRING)
        .startsWith("its run id cannot be written down: ")
        .contains(agent.seenRuns().toString());
    Files.createDirectory(agent.seenRuns().getParent());
    assertThat(start(id, A).problem().get()).isEmpty();
    assertThat(seen()).contains(id.toString());
    goOn();
    assertThat(events(first)).endsWith(finished());
  }

  @Test
  void aRunWhoseTurnComesWhenTheAgentIsDisabledIsRefused() throws Exception {
    Attached first = ready(A);
    Attached second = start(RunId.random(), B);
    Files.createFile(agent.disableFile());
    goOn();

    assertThat(events(first)).endsWith(finished());
    assertThat(events(second))
        .singleElement(type(RunEvent.Failed.class))
        .satisfies(
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.REFUSED);
              assertThat(failed.failure().reason())
                  .isEqualTo("the agent is disabled: there is " + agent.disableFile());
            });
    assertThat(agents()).containsExactly("begin -D a", "end -D a");
  }

  @Test
  void whoHadJoinedARunThatWasNotBegunMayAskAgain() throws Exception {
    Attached first = ready(A);
    Attached second = start(RunId.random(), B);
    RunId joined = RunId.random();
    assertThat(start(joined, B).problem().get()).isEmpty();
    assertThat(seen()).contains(joined.toString());
    Files.createFile(agent.disableFile());
    goOn();
    assertThat(events(first)).endsWith(finished());
    assertThat(reason(second)).startsWith("the agent is disabled");

    Files.delete(agent.disableFile());
    Eventually.await("the id may be used", () -> !seen().contains(joined.toString()), this::seen);
    Attached again = start(joined, B);
    goOn();
    assertThat(events(again)).endsWith(finished());
    assertThat(seen()).endsWith(joined + "\n");
    assertThat(agents()).containsExactly("begin -D a", "end -D a", "begin -D b", "end -D b");
  }

  @Test
  void whoHasJoinedMayStopTheRunOnlyWhenNobodyElseIsThere() throws Exception {
    Attached first = ready(A);
    Attached second = start(RunId.random(), A);

    assertThat(second.stop())
        .contains("run " + first.id() + " was asked for by somebody else, and 1 more follow it");
    first.leave();
    first.leave();
    assertThat(second.stop()).isEmpty();
    assertThat(reason(second)).isEqualTo("the agent was stopped: killed by signal 15 (TERM)");
  }

  @Test
  void whoStartedARunMayStopItAndItTakesInNobodyThen() throws Exception {
    Attached first = ready(A);
    Attached second = start(RunId.random(), A);
    assertThat(first.stop()).isEmpty();
    Attached third = start(RunId.random(), A);

    assertThat(reason(second)).isEqualTo("the agent was stopped: killed by signal 15 (TERM)");
    goOn();
    assertThat(events(third)).endsWith(finished());
  }

  @Test
  void aRunThatWaitsIsStoppedAtOnceAndItsPlaceIsFree() throws Exception {
    Attached first = ready(A);
    Attached second = start(RunId.random(), B);
    assertThat(second.stop()).isEmpty();

    assertThat(reason(second)).isEqualTo("the agent was not started");
    Attached third = start(RunId.random(), List.of());
    goOn();
    assertThat(events(first)).endsWith(finished());
    goOn();
    assertThat(events(third)).endsWith(finished());
    assertThat(agents()).containsExactly("begin -D a", "end -D a", "begin", "end");
  }

  @Test
  void closingEndsTheOneThatWaits() throws Exception {
    ready(A);
    Attached second = start(RunId.random(), B);
    runs.close();

    assertThat(reason(second)).isEqualTo("the node is stopping");
    assertThat(agents()).containsExactly("begin -D a");
  }

  private Attached ready(List<Condition> conditions) {
    return ready(RunId.random(), conditions);
  }

  /** Its agent has written down that it has begun. */
  private Attached ready(RunId id, List<Condition> conditions) {
    Attached run = start(id, conditions);
    run.log().events().ofType(RunEvent.Output.class).blockFirst(Eventually.DEADLINE);
    return run;
  }

  private Attached start(RunId id, List<Condition> conditions) {
    return (Attached) runs.start(TestAgent.wish(id, conditions));
  }

  /** Waits for the agent to listen. */
  private void goOn() throws IOException {
    Path go = folder.resolve("go");
    Eventually.await("an agent has begun", () -> Files.exists(go), () -> "none");
    Files.writeString(go, "go\n");
  }

  private static List<RunEvent> events(Attached run) {
    return List.copyOf(
        run.log().events().collectList().blockOptional(Eventually.DEADLINE).orElseThrow());
  }

  private static String reason(Attached run) {
    return ((RunEvent.Failed) events(run).getLast()).failure().reason();
  }

  private List<String> agents() throws IOException {
    return new ArrayList<>(Files.readAllLines(folder.resolve("runs")));
  }

  private String seen() {
    try {
      return Files.readString(agent.seenRuns());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RunEvent started(String condition) {
    String command = "/bin/sh -c " + GATED + " agent -D " + condition;
    return new RunEvent.Started(TestAgent.NODE, command);
  }

  private static RunEvent finished() {
    return new RunEvent.Finished(TestAgent.NODE, ExitStatus.code(0));
  }
}
