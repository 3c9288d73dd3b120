package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.FakeAgent;
import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(30)
class CommandTransportTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final CommandTransport.Deadlines PATIENT =
      new CommandTransport.Deadlines(LONG, LONG, LONG);
  private static final int ALL = 1000;

  @TempDir private Path folder;

  @Test
  void oneCommandHasAllHosts() throws IOException {
    FakeAgent agent = agent("echo OK");

    assertThat(events(transport(agent, ALL), nodes("a", "b", "c")))
        .containsExactly(
            output("a", "OK\n"),
            new RunEvent.Finished(new NodeId("a"), new ExitStatus.NotReported()),
            new RunEvent.Finished(new NodeId("b"), new ExitStatus.NotReported()),
            new RunEvent.Finished(new NodeId("c"), new ExitStatus.NotReported()));
    assertThat(agent.calls())
        .containsExactly(List.of("remote", "run", "-D", "c1,c2", "--", "a,b,c"));
  }

  @Test
  void withOneHostEachNodesAreToldApart() throws IOException {
    FakeAgent agent = agent("eval host=\\${$#}; echo \"$host\"; [ \"$host\" != b ] || exit 7");

    assertThat(events(transport(agent, 1), nodes("a", "b", "c")))
        .containsExactlyInAnyOrder(
            output("a", "a\n"),
            output("b", "b\n"),
            output("c", "c\n"),
            new RunEvent.Finished(new NodeId("a"), ExitStatus.code(0)),
            new RunEvent.Finished(new NodeId("b"), ExitStatus.code(7)),
            new RunEvent.Finished(new NodeId("c"), ExitStatus.code(0)));
  }

  @Test
  void anAgentThatCouldNotBeRunIsAFailure() throws IOException {
    FakeAgent agent = agent("exit 1");

    assertThat(failure(events(transport(agent, 1), nodes("a"))))
        .isEqualTo(
            new RunFailure(
                Kind.AGENT,
                "relay root",
                "command '"
                    + agent.program()
                    + " remote run -D c1,c2 -- a' ended with exit status 1: the agent could not be"
                    + " run"));
  }

  @Test
  void aFailureOfOneOfManyIsAFailureOfEach() throws IOException {
    List<RunEvent> events = events(transport(agent("exit 3"), ALL), nodes("a", "b"));

    assertThat(events).hasSize(2);
    assertThat(failure(events.subList(0, 1)).reason())
        .endsWith("-- a,b' ended with exit status 3: it does not tell for which of its 2 hosts");
    assertThat(failure(events)).isEqualTo(failure(events.subList(0, 1)));
  }

  @Test
  void aCommandThatCannotBeStartedIsAFailureOfEach() throws IOException {
    FakeAgent agent = agent("");
    Files.delete(agent.program());

    List<RunEvent> events = events(transport(agent, ALL), nodes("a", "b"));
    assertThat(events).hasSize(2);
    assertThat(failure(events).kind()).isEqualTo(Kind.AGENT);
    assertThat(failure(events).reason()).contains("cannot be started", "No such file or directory");
  }

  @Test
  void nothingOfTheRelaysEnvironmentIsPassedOn() throws IOException {
    List<RunEvent> events =
        events(transport(agent("exec /usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _"), 1), nodes("a"));

    assertThat(printed(events).lines())
        .containsExactlyInAnyOrder(
            "PATH=" + CommandProcess.ENVIRONMENT.get("PATH"), "LANG=C.UTF-8");
    assertThat(printed(events(transport(agent("cat; pwd; echo e >&2"), 1), nodes("a"))))
        .isEqualTo("/\ne\n");
  }

  @Test
  void aHostThatCouldBeSomethingElseIsRefusedAndTheOthersRun() throws IOException {
    FakeAgent agent = agent("");
    List<RunEvent> events = events(transport(agent, ALL), nodes("-Dx", "a", "b,c", "d"));

    assertThat(events).hasSize(4);
    assertThat(failure(events.subList(0, 1)))
        .isEqualTo(
            new RunFailure(
                Kind.NO_ROUTE,
                "relay root",
                "the host name '-Dx' cannot be given to a command: it should be a name or an"
                    + " address; correct it in the node list, or trigger this node in another"
                    + " way"));
    assertThat(agent.calls()).extracting(List::getLast).containsExactly("a,d");
  }

  @Test
  void moreHostsThanAnArgumentHoldsGoToSeveralCommands() throws IOException {
    FakeAgent agent = agent("echo begun");
    List<NodeEntry> nodes =
        IntStream.range(0, 5000)
            .mapToObj(i -> node("n" + i, "node-" + i + ".a.rather.long.name.example"))
            .toList();

    List<RunEvent> events = events(transport(agent, Integer.MAX_VALUE), nodes);

    assertThat(events).filteredOn(RunEvent::isTerminal).hasSize(5000).noneMatch(this::isFailed);
    assertThat(agent.calls()).hasSize(2);
    assertThat(agent.calls().stream().flatMap(call -> Stream.of(call.getLast().split(",", -1))))
        .containsExactlyInAnyOrderElementsOf(nodes.stream().map(NodeEntry::hostname).toList());
  }

  @Test
  void asManyCommandsRunAtATimeAsMay() throws IOException {
    // a and b end when both have begun; c begins when one of them has ended.
    FakeAgent agent =
        agent(
            """
            eval host=\\${$#}; cd "${0%/*}"
            touch "$host.begun"
            case $host in
              c) ls *.ended ;;
              *) until [ -e a.begun ] && [ -e b.begun ]; do sleep 0.01; done; touch "$host.ended" ;;
            esac
            """);
    CommandTransport transport = new CommandTransport(settings(agent, 1, 2, PATIENT));

    List<RunEvent> events = events(transport, nodes("a", "b", "c"));

    assertThat(printed(events)).contains(".ended\n");
    assertThat(events).contains(new RunEvent.Finished(new NodeId("c"), ExitStatus.code(0)));
  }

  @Test
  void silenceHasADeadline() throws IOException {
    FakeAgent agent = agent("echo begun; printf half; sleep 60 & wait");
    var deadlines = new CommandTransport.Deadlines(SHORT, LONG, LONG);
    List<RunEvent> events = events(transport(agent, 1, deadlines), nodes("a"));

    assertThat(events).startsWith(output("a", "begun\n"), output("a", "half"));
    assertThat(failure(events).kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure(events).reason()).endsWith("' printed nothing for 0.2 s");
    assertThat(agent.isRunning()).isFalse();
  }

  @Test
  void aRunHasADeadlineForEachOfItsHosts() throws IOException {
    var deadlines = new CommandTransport.Deadlines(LONG, SHORT, LONG);
    List<RunEvent> events =
        events(
            transport(agent("while sleep 0.01; do echo; done"), ALL, deadlines), nodes("a", "b"));

    assertThat(failure(events).kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(failure(events).reason()).endsWith("' is not over after 0.4 s");
  }

  @Test
  void aCommandThatDoesNotListenIsKilledWithItsChildren() throws IOException {
    String deaf = "trap '' TERM; sh -c 'echo ready; while :; do :; done' & while :; do :; done";
    FakeAgent agent = agent(deaf);
    var deadlines = new CommandTransport.Deadlines(SHORT, LONG, SHORT);

    assertThat(failure(events(transport(agent, 1, deadlines), nodes("a"))).kind())
        .isEqualTo(Kind.TIMEOUT);
    // The child is what LeakCheck looks for.
    assertThat(agent.isRunning()).isFalse();
  }

  @Test
  void aChildThatIsLeftBehindDoesNotHoldTheRun() throws IOException {
    var deadlines = new CommandTransport.Deadlines(LONG, LONG, SHORT);
    List<RunEvent> events =
        events(transport(agent("sleep 60 & echo $!"), 1, deadlines), nodes("a"));
    Optional<ProcessHandle> child = ProcessHandle.of(Long.parseLong(printed(events).strip()));

    assertThat(events).endsWith(new RunEvent.Finished(new NodeId("a"), ExitStatus.code(0)));
    assertThat(child).isPresent();
    child.orElseThrow().destroy();
  }

  @Test
  void aSlowConsumerIsNotTakenForASilentCommand() throws IOException {
    FakeAgent agent = agent("yes $(printf %079d 0) | head -c 1000000; echo end");
    var deadlines = new CommandTransport.Deadlines(SHORT, LONG, SHORT);
    StepVerifier.create(run(transport(agent, 1, deadlines), nodes("a"), Mono.never()), 1)
        .expectNextCount(1)
        .thenAwait(SHORT.multipliedBy(3))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(12_499)
        .expectNext(output("a", "end\n"))
        .expectNext(new RunEvent.Finished(new NodeId("a"), ExitStatus.code(0)))
        .expectComplete()
        .verify(LONG);
  }

  @Test
  void whatHasNotBegunWhenTheRunIsCancelledIsNotStarted() throws IOException {
    FakeAgent agent = agent("");
    List<RunEvent> events =
        run(transport(agent, 1), nodes("a", "b"), Mono.empty())
            .collectList()
            .blockOptional(LONG)
            .orElseThrow();

    assertThat(events)
        .hasSize(2)
        .allSatisfy(e -> assertThat(failure(List.of(e)).kind()).isEqualTo(Kind.STOPPED));
    assertThat(agent.calls()).isEmpty();
  }

  @Test
  void tooManyConditionsAreTold() throws IOException {
    FakeAgent agent = agent("");
    List<Condition> many =
        IntStream.range(0, 120).mapToObj(i -> new Condition("c".repeat(1024))).toList();
    RunRequest request = new RunRequest(RunId.random(), RunTarget.all(), many, false, true);

    List<RunEvent> events =
        transport(agent, 1)
            .run(nodes("a", "b"), request, Mono.never())
            .collectList()
            .blockOptional(LONG)
            .orElseThrow();
    assertThat(events).hasSize(2);
    assertThat(failure(events).kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(agent.calls()).isEmpty();
  }

  private FakeAgent agent(String body) throws IOException {
    return FakeAgent.in(folder, body);
  }

  private static CommandTransport transport(FakeAgent agent, int hostsAtOnce) {
    return transport(agent, hostsAtOnce, PATIENT);
  }

  private static CommandTransport transport(
      FakeAgent agent, int hostsAtOnce, CommandTransport.Deadlines deadlines) {
    return new CommandTransport(settings(agent, hostsAtOnce, 10, deadlines));
  }

  private static CommandTransport.Settings settings(
      FakeAgent agent, int hostsAtOnce, int commandsAtOnce, CommandTransport.Deadlines deadlines) {
    return new CommandTransport.Settings(
        "relay root",
        agent.program().toString(),
        false,
        hostsAtOnce,
        commandsAtOnce,
        1000,
        deadlines);
  }

  private static List<RunEvent> events(CommandTransport transport, List<NodeEntry> nodes) {
    return run(transport, nodes, Mono.never())
        .collectList()
        .blockOptional(Eventually.DEADLINE)
        .orElseThrow();
  }

  private static Flux<RunEvent> run(
      CommandTransport transport, List<NodeEntry> nodes, Mono<Void> cancel) {
    List<Condition> conditions = List.of(new Condition("c1"), new Condition("c2"));
    return transport.run(
        nodes, new RunRequest(RunId.random(), RunTarget.all(), conditions, false, true), cancel);
  }

  /** Whose ids are simple where their host names are not. */
  private static List<NodeEntry> nodes(String... hosts) {
    return Stream.of(hosts).map(host -> node(host.replaceAll("[^a-z]", ""), host)).toList();
  }

  private static NodeEntry node(String id, String host) {
    return new NodeEntry(new NodeId(id), host, Optional.empty(), NodeId.ROOT);
  }

  private boolean isFailed(RunEvent event) {
    return event instanceof RunEvent.Failed;
  }

  private static RunFailure failure(List<RunEvent> events) {
    return ((RunEvent.Failed) events.getLast()).failure();
  }

  private static RunEvent output(String node, String text) {
    return new RunEvent.Output(new NodeId(node), OutputBytes.ofUtf8(text));
  }

  private static String printed(List<RunEvent> events) {
    StringBuilder text = new StringBuilder();
    for (RunEvent event : events) {
      if (event instanceof RunEvent.Output output) {
        text.append(output.bytes().toUtf8());
      }
    }
    return text.toString();
  }
}
