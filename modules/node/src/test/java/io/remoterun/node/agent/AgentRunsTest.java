package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.remoterun.process.AgentEnvironment;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class AgentRunsTest {
  private static final NodeId NODE = TestAgent.NODE;
  @TempDir private Path folder = Path.of("");
  private AgentRuns runs;

  @BeforeEach
  void start() {
    runs = agent("true");
  }

  @AfterEach
  void stop() {
    runs.close();
  }

  @Test
  void tellsEachLineAsItIsPrintedAndHowTheAgentEnded() {
    runs = agent("echo one; echo two >&2; printf three; exit 3");

    assertThat(events())
        .containsExactly(
            new RunEvent.Started(NODE, "/bin/sh -c echo one; echo two >&2; printf three; exit 3"),
            output("one\n"),
            output("two\n"),
            output("three"),
            new RunEvent.Finished(NODE, ExitStatus.code(3)));
  }

  @Test
  void doesNotWaitForTheEndToTellALine() {
    runs = agent("echo first; exec sleep 60");

    StepVerifier.create(running().log().events())
        .expectNextCount(1)
        .expectNext(output("first\n"))
        .thenCancel()
        .verify(Eventually.DEADLINE);
  }

  @Test
  void givesConditionsAsTwoArgumentsAndNoneAsNone() {
    String show = "for a in \"$0\" \"$@\"; do echo \"<$a>\"; done";
    runs = agent(show, "agent", "a b", "$HOME;*");

    assertThat(printed(List.of(new Condition("a"), new Condition("b"))))
        .isEqualTo("<agent>\n<a b>\n<$HOME;*>\n<-D>\n<a,b>\n");
    assertThat(printed(List.of())).isEqualTo("<agent>\n<a b>\n<$HOME;*>\n");
  }

  @Test
  void passesNothingOfItsOwnEnvironmentOn() {
    runs =
        new TestAgent(folder)
            .runs(new AgentCommand(List.of("/usr/bin/env"), Map.of("X", "1", "LANG", "de")));

    assertThat(printed(List.of()).lines())
        .containsExactlyInAnyOrder(
            "PATH=" + AgentEnvironment.DEFAULT.get("PATH"), "X=1", "LANG=de");
  }

  @Test
  void hasAnEmptyInputAndRunsInTheRootFolder() {
    runs = agent("cat; pwd");

    assertThat(printed(List.of())).isEqualTo("/\n");
  }

  @Test
  void keepsEveryByte() {
    runs = agent("printf 'a\\000b\\377\\376\\r\\n'; head -c 1000000 /dev/zero | tr '\\000' x");

    assertThat(printed(List.of())).isEqualTo("a\0b\u00ff\u00fe\r\n" + "x".repeat(1_000_000));
  }

  @Test
  void aCommandThatDoesNotExistIsAFailureOfTheAgent() {
    runs = new TestAgent(folder).runs(new AgentCommand(List.of("/no/such"), Map.of()));

    assertThat(events())
        .singleElement(type(RunEvent.Failed.class))
        .satisfies(
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo(Kind.AGENT);
              assertThat(failed.failure().hop()).isEqualTo("node n1");
              assertThat(failed.failure().reason())
                  .contains("/no/such")
                  .contains("No such file or directory");
            });
  }

  @Test
  void aSignalIsNotAnExitCode() {
    runs = agent("kill -9 $$");

    assertThat(events()).endsWith(new RunEvent.Finished(NODE, new ExitStatus.Killed(9)));
    runs.close();
    runs = agent("exit 137");
    assertThat(events()).endsWith(new RunEvent.Finished(NODE, ExitStatus.code(137)));
  }

  @Test
  void anAgentThatPrintsFasterThanAnybodyReadsIsNotStopped() {
    runs = agent("yes $(printf %079d 0) | head -c 20000000; echo end");
    List<RunEvent> events = events();

    assertThat(events).contains(output("end\n")).endsWith(finished());
    long told =
        events.stream()
            .mapToLong(
                event ->
                    switch (event) {
                      case RunEvent.Output output -> output.bytes().size();
                      case RunEvent.Gap gap -> gap.bytes();
                      default -> 0;
                    })
            .sum();
    assertThat(told).isEqualTo(20_000_004);
  }

  @Test
  void aChildThatIsLeftBehindDoesNotHoldTheRun() {
    runs = agent("sleep 60 & echo $!");
    List<RunEvent> events = events();
    String pid = new String(bytes(events), ISO_8859_1).strip();
    Optional<ProcessHandle> child = ProcessHandle.of(Long.parseLong(pid));

    assertThat(events).endsWith(finished());
    // It was started to stay, such as a daemon: only this test ends it.
    assertThat(child).isPresent();
    child.orElseThrow().destroy();
  }

  @Test
  void closingEndsTheAgentAndItsChildren() {
    // It always starts something, also at the moment of the kill.
    String busy = "while :; do sleep 0.01; done";
    String deaf =
        "trap '' TERM; timeout 60 sh -c 'trap \"\" TERM; echo ready; " + busy + "'; " + busy;
    runs = agent(deaf);
    Attached running = running();
    StepVerifier.create(running.log().events())
        .expectNextCount(1)
        .expectNext(output("ready\n"))
        .then(runs::close)
        // A shell that outlives its child for a moment says that the child was killed.
        .thenConsumeWhile(RunEvent.Output.class::isInstance)
        .expectNext(new RunEvent.Finished(NODE, new ExitStatus.Killed(9)))
        .expectComplete()
        .verify(Eventually.DEADLINE);

    assertThat(runs.start(TestAgent.wish(List.of())))
        .isEqualTo(new AgentRuns.Refused(Kind.REFUSED, "the node is stopping"));
  }

  @Test
  void aRunThatIsStoppedSaysHowTheAgentEnded() {
    runs = agent("echo ready; exec sleep 60");

    assertThat(stoppedWhenReady()).isEqualTo("the agent was stopped: killed by signal 15 (TERM)");
  }

  @Test
  void anAgentThatTakesItsTimeToEndMayTidyUp() {
    runs = agent("trap 'echo tidy; exit 4' TERM; echo ready; while :; do :; done");

    assertThat(stoppedWhenReady()).isEqualTo("the agent was stopped: exit status 4");
  }

  @Test
  void anAgentThatDoesNotWantToEndIsKilledWithItsChildren() {
    runs = agent("trap '' TERM; sh -c 'while :; do :; done' & echo ready; while :; do :; done");

    assertThat(stoppedWhenReady()).isEqualTo("the agent was stopped: killed by signal 9 (KILL)");
  }

  /** The parent ends at once. */
  @Test
  void aChildThatDoesNotWantToEndIsKilledBeforeTheRunIsSaidToHaveEnded() {
    runs =
        agent(
            "sh -c 'trap \"\" TERM; echo $$; while :; do :; done' & echo parent; while :; do :;"
                + " done");
    Attached running = running();
    List<String> printed = new ArrayList<>();
    StepVerifier.create(running.log().events())
        .expectNextCount(1)
        .consumeNextWith(event -> printed.add(text(event)))
        .consumeNextWith(event -> printed.add(text(event)))
        .then(running::stop)
        .assertNext(
            event -> assertThat(reason(event)).endsWith("stopped: killed by signal 15 (TERM)"))
        .expectComplete()
        .verify(Eventually.DEADLINE);

    printed.remove("parent");
    // It may be there until init notices, but without a program.
    assertThat(
            ProcessHandle.of(Long.parseLong(printed.getFirst()))
                .flatMap(child -> child.info().command()))
        .isEmpty();
  }

  @Test
  void anAgentThatTakesTooLongIsStopped() {
    List<String> command = List.of("/bin/sh", "-c", "echo begun; while :; do :; done");
    runs = new TestAgent(folder).runs(new AgentCommand(command, Map.of()), Duration.ofSeconds(2));

    assertThat(running().log().events().collectList().block(Eventually.DEADLINE))
        .contains(output("begun\n"))
        .last()
        .extracting(AgentRunsTest::reason)
        .isEqualTo(
            "the agent was stopped after 2.0 s, the longest that it may take: killed by signal 15"
                + " (TERM)");
  }

  @Test
  void stoppingWhatIsOverChangesNothing() {
    Attached running = running();
    assertThat(running.log().events().blockLast(Eventually.DEADLINE)).isEqualTo(finished());
    running.stop();

    assertThat(running.log().events().blockLast(Eventually.DEADLINE)).isEqualTo(finished());
  }

  /** Ends it twice, which is no more than once. */
  private String stoppedWhenReady() {
    Attached running = running();
    RunEvent last =
        running
            .log()
            .events()
            .doOnNext(
                event -> {
                  if (event.equals(output("ready\n"))) {
                    running.stop();
                    running.stop();
                  }
                })
            .blockLast(Eventually.DEADLINE);
    assertThat(last).isNotNull();
    return reason(Objects.requireNonNull(last));
  }

  private static String reason(RunEvent event) {
    RunFailure failure = ((RunEvent.Failed) event).failure();
    assertThat(failure.kind()).isEqualTo(Kind.STOPPED);
    return failure.reason();
  }

  private static String text(RunEvent event) {
    return ((RunEvent.Output) event).bytes().toUtf8().strip();
  }

  private List<RunEvent> events() {
    return List.copyOf(
        running().log().events().collectList().blockOptional(Eventually.DEADLINE).orElseThrow());
  }

  private String printed(List<Condition> conditions) {
    var running = (Attached) runs.start(TestAgent.wish(conditions));
    var events = running.log().events().collectList().blockOptional(Eventually.DEADLINE);
    return new String(bytes(events.orElseThrow()), ISO_8859_1);
  }

  private static byte[] bytes(List<RunEvent> events) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (RunEvent event : events) {
      if (event instanceof RunEvent.Output output) {
        bytes.writeBytes(output.bytes().toByteArray());
      }
    }
    return bytes.toByteArray();
  }

  private Attached running() {
    return (Attached) runs.start(TestAgent.wish(List.of()));
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(NODE, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished() {
    return new RunEvent.Finished(NODE, ExitStatus.code(0));
  }

  private AgentRuns agent(String script, String... arguments) {
    return new TestAgent(folder).runs(script, arguments);
  }
}
