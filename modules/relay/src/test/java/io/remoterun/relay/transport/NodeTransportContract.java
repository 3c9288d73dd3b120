package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What every transport has to do. */
@Timeout(30)
abstract class NodeTransportContract {
  static final String READY = "ready\n";
  static final int MOST_BYTES_OF_LINE = 64 << 10;
  private static final Duration SOON = Duration.ofSeconds(15);

  /** Nodes whose agents do what a test wants, and how they are triggered. */
  interface Nodes extends AutoCloseable {
    List<NodeEntry> entries();

    NodeTransport transport();

    /** How often an agent was triggered. */
    int triggered();

    /** What the first agent was given: {@code A,B}. */
    String conditions();

    /** Returns when no connection is open, and no program runs. */
    void awaitEnd() throws Exception;

    @Override
    void close() throws IOException;
  }

  /** One node, whose agent prints that and ends. */
  abstract Nodes printing(byte[] output, int exitCode) throws IOException;

  /** Nodes whose agents print {@link #READY} and do not end. */
  abstract Nodes hanging(int nodes) throws IOException;

  /** Nodes that cannot be triggered. */
  abstract Nodes unreachable(int nodes) throws IOException;

  @Test
  void everyByteArrives() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    printed.writeBytes("first\n\n\0\0 NUL\0\n\r\ttab\r\n".getBytes(StandardCharsets.UTF_8));
    printed.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc3, '\n', (byte) 0x80});
    printed.writeBytes("x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
    printed.writeBytes("\nno end".getBytes(StandardCharsets.UTF_8));
    try (Nodes nodes = printing(printed.toByteArray(), 0)) {
      List<RunEvent> events = events(nodes);

      assertThat(bytes(events)).isEqualTo(printed.toByteArray());
      assertThat(events).contains(output(nodes, "first\n"));
      assertThat(events).filteredOn(NodeTransportContract::isPiece).hasSize(17);
    }
  }

  /** Of a line that is too long, or has no end. */
  private static boolean isPiece(RunEvent event) {
    return event instanceof RunEvent.Output output
        && !output.bytes().endsLine()
        && output.bytes().size() <= MOST_BYTES_OF_LINE;
  }

  @Test
  void theExitCodeIsTold() throws IOException {
    for (int code : List.of(0, 3, 255)) {
      try (Nodes nodes = printing(new byte[0], code)) {
        assertThat(events(nodes).getLast())
            .isEqualTo(
                new RunEvent.Finished(nodes.entries().getFirst().id(), ExitStatus.code(code)));
      }
    }
  }

  @Test
  void theAgentGetsTheConditions() throws IOException {
    try (Nodes nodes = printing(new byte[0], 0)) {
      events(nodes);

      assertThat(nodes.conditions()).isEqualTo("class1,class2");
    }
  }

  @Test
  void nothingRunsBeforeSomebodySubscribes() throws IOException {
    try (Nodes nodes = printing(new byte[0], 0)) {
      Flux<RunEvent> run = run(nodes, Mono.never());
      assertThat(nodes.triggered()).isZero();

      collect(run);
      assertThat(nodes.triggered()).isOne();
    }
  }

  @Test
  void whoeverAsksForOneEventGetsOne() throws IOException {
    String lines = String.join("", IntStream.range(0, 50).mapToObj(i -> i + "\n").toList());
    try (Nodes nodes = printing(lines.getBytes(StandardCharsets.UTF_8), 0)) {
      AtomicInteger seen = new AtomicInteger();
      StepVerifier.Step<RunEvent> steps =
          StepVerifier.create(run(nodes, Mono.never()).doOnNext(e -> seen.incrementAndGet()), 0);
      for (int events = 1; events <= 10; events++) {
        int asked = events;
        steps =
            steps.thenRequest(1).expectNextCount(1).then(() -> assertThat(seen).hasValue(asked));
      }
      steps.thenRequest(Long.MAX_VALUE).thenConsumeWhile(e -> true).expectComplete().verify(SOON);
      assertThat(seen.get()).isGreaterThan(50);
    }
  }

  @Test
  void unsubscribingEndsWhatIsOpen() throws Exception {
    try (Nodes nodes = hanging(1)) {
      StepVerifier.create(run(nodes, Mono.never()))
          .thenConsumeWhile(RunEvent.Started.class::isInstance)
          .expectNext(output(nodes, READY))
          .thenCancel()
          .verify(SOON);

      nodes.awaitEnd();
    }
  }

  @Test
  void cancelEndsEachNodeSoon() throws Exception {
    try (Nodes nodes = hanging(3)) {
      int calls = calls(nodes).size();
      Sinks.Empty<Void> cancel = Sinks.empty();
      AtomicInteger ready = new AtomicInteger();
      Flux<RunEvent> run =
          run(nodes, cancel.asMono())
              .doOnNext(
                  event -> {
                    if (event instanceof RunEvent.Output && ready.incrementAndGet() == calls) {
                      cancel.tryEmitEmpty();
                    }
                  });
      List<RunEvent> events = endedOnceEach(collect(run), nodes);

      assertThat(events)
          .filteredOn(RunEvent::isTerminal)
          .extracting(event -> ((RunEvent.Failed) event).failure().kind())
          .isSubsetOf(Kind.STOPPED, Kind.UNCONFIRMED);
      nodes.awaitEnd();
    }
  }

  @Test
  void whatCannotBeTriggeredIsAFailureOfEachNodeThatSaysWhoSawIt() throws IOException {
    try (Nodes nodes = unreachable(3)) {
      assertThat(events(nodes))
          .hasSize(3)
          .allSatisfy(
              event ->
                  assertThat(((RunEvent.Failed) event).failure().hop()).isEqualTo("relay root"));
    }
  }

  /** The whole run, of which each node has ended once. */
  private static List<RunEvent> events(Nodes nodes) {
    return endedOnceEach(collect(run(nodes, Mono.never())), nodes);
  }

  private static List<RunEvent> collect(Flux<RunEvent> run) {
    return run.collectList().blockOptional(SOON).orElseThrow();
  }

  private static List<RunEvent> endedOnceEach(List<RunEvent> events, Nodes nodes) {
    for (NodeEntry node : nodes.entries()) {
      List<RunEvent> its = events.stream().filter(e -> e.node().equals(node.id())).toList();
      assertThat(its).filteredOn(RunEvent::isTerminal).hasSize(1);
      assertThat(its.getLast().isTerminal()).isTrue();
    }
    List<NodeId> known = nodes.entries().stream().map(NodeEntry::id).toList();
    assertThat(events).extracting(RunEvent::node).isSubsetOf(known);
    return events;
  }

  private static List<Transports.Call> calls(Nodes nodes) {
    return Transports.only(nodes.transport()).callsFor(nodes.entries());
  }

  private static Flux<RunEvent> run(Nodes nodes, Mono<Void> cancel) {
    List<Flux<RunEvent>> runs =
        calls(nodes).stream()
            .map(call -> call.transport().run(call.nodes(), request(), cancel))
            .toList();
    return runs.size() == 1 ? runs.getFirst() : Flux.merge(runs);
  }

  static RunRequest request() {
    List<Condition> conditions = List.of(new Condition("class1"), new Condition("class2"));
    return new RunRequest(RunId.random(), RunTarget.all(), conditions, false, true);
  }

  private static RunEvent output(Nodes nodes, String text) {
    return new RunEvent.Output(nodes.entries().getFirst().id(), OutputBytes.ofUtf8(text));
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
}
