package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static io.remoterun.relay.ScriptedTransport.output;
import static io.remoterun.relay.ScriptedTransport.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.keys.HostCertificate;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.runs.Run;
import io.remoterun.relay.runs.RunStore;
import io.remoterun.relay.runs.Runs;
import io.remoterun.relay.subrelay.PeerTls;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.topology.Fleet;
import io.remoterun.relay.topology.Topology;
import io.remoterun.relay.transport.Transports;
import io.remoterun.testkit.TestKeys;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.helpers.NOPLogger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The engine without HTTP: who is triggered, and how it ends. */
@Timeout(20)
class RemoteRunTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ScriptedTransport nodes = new ScriptedTransport();
  private final AtomicReference<Fleet> fleet = new AtomicReference<>(fleet("root", "n1", "n2"));

  @Test
  void everyNodeEndsExactlyOnceWhateverItsTransportDoes() {
    List<String> ids = Stream.iterate(1, i -> i + 1).limit(50).map(i -> "n" + i).toList();
    fleet.set(fleet(ids.toArray(String[]::new)));
    nodes.script("n1", Flux.error(new IllegalStateException("on purpose")));
    nodes.script("n2", Flux.empty());
    nodes.script("n3", Flux.just(started("n3"), finished("n3", 0), finished("n3", 0)));
    nodes.script("n4", Flux.just(finished("n5", 0), finished("n4", 0)));
    nodes.script("n6", Flux.just(finished("n6", 0)).concatWith(Flux.never()));

    RunTarget target =
        new RunTarget.Nodes(
            Stream.concat(ids.stream(), Stream.of("gone")).map(NodeId::new).toList());
    List<RunEvent> events = events(start(runs(limits(7, 10, LONG)), request(target, true)));

    assertThat(events)
        .filteredOn(RunEvent::isTerminal)
        .extracting(event -> event.node().value())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(ids.stream(), Stream.of("gone")).toList());
    assertThat(kind(events, "n1")).isEqualTo(Kind.INTERNAL);
    assertThat(kind(events, "n2")).isEqualTo(Kind.INTERNAL);
    assertThat(kind(events, "gone")).isEqualTo(Kind.UNKNOWN_NODE);
  }

  @Test
  void noMoreNodesAtOnceThanAllowed() {
    List<Sinks.Many<RunEvent>> controls = new ArrayList<>();
    for (String id : List.of("root", "n1", "n2")) {
      controls.add(nodes.control(id));
    }
    Run run = start(runs(limits(2, 10, LONG)), request(RunTarget.all(), true));

    assertThat(nodes.triggered()).hasSize(2);
    controls.get(0).tryEmitNext(finished("root", 0));
    assertThat(nodes.triggered()).hasSize(3);
    controls.get(1).tryEmitNext(finished("n1", 0));
    controls.get(2).tryEmitNext(finished("n2", 0));
    assertThat(events(run)).hasSize(3);
    assertThat(nodes.mostRunning()).isEqualTo(2);
  }

  @Test
  void theRunGoesOnWithoutAReaderAndIsThereForALateOne() {
    Run run = start(runs(limits(10, 10, LONG)), request(RunTarget.all(), true));
    assertThat(events(run)).hasSize(9);
    assertThat(events(run)).hasSize(9);
  }

  @Test
  void outputIsKeptOnlyWhereItIsWanted() {
    nodes.script(
        "n1",
        Flux.just(
            started("n1"),
            output("n1", "x\n"),
            new RunEvent.Gap(new NodeId("n1"), 2, 3),
            finished("n1", 0)));
    RunTarget n1 = RunTarget.node(new NodeId("n1"));

    assertThat(events(start(runs(limits(1, 1, LONG)), request(n1, true)))).hasSize(4);
    assertThat(events(start(runs(limits(1, 1, LONG)), request(n1, false))))
        .containsExactly(started("n1"), finished("n1", 0));
  }

  @Test
  void tooManyRunsAreRefusedUntilOneEnds() {
    RemoteRun runs = runs(limits(10, 1, LONG));
    Sinks.Many<RunEvent> n1 = nodes.control("n1");
    RunRequest first = request(RunTarget.node(new NodeId("n1")), true);
    RunRequest second = request(RunTarget.node(new NodeId("n2")), true);
    Run running = start(runs, first);

    assertThat(kind(events(start(runs, second)), "n2")).isEqualTo(Kind.OVERLOADED);

    n1.tryEmitNext(finished("n1", 0));
    assertThat(events(running)).containsExactly(finished("n1", 0));
    assertThat(events(start(runs, second))).contains(finished("n2", 0));
  }

  @Test
  void aRunThatTakesTooLongIsGivenUp() {
    nodes.control("n1");
    RemoteRun runs = runs(limits(10, 1, Duration.ofMillis(50)));

    List<RunEvent> events = events(start(runs, request(RunTarget.all(), false)));
    assertThat(kind(events, "n1")).isEqualTo(Kind.TIMEOUT);
    assertThat(nodes.cancelled()).containsExactly(new NodeId("n1"));
    assertThat(events).contains(finished("root", 0), finished("n2", 0));
  }

  @Test
  void whenTheRelayStopsItsRunsAreInterrupted() {
    nodes.control("n1");
    RemoteRun runs = runs(limits(10, 1, LONG));
    Run run = start(runs, request(RunTarget.node(new NodeId("n1")), true));

    runs.stop();

    assertThat(kind(events(run), "n1")).isEqualTo(Kind.INTERRUPTED);
    assertThat(nodes.cancelled()).containsExactly(new NodeId("n1"));
  }

  @Test
  void anotherVersionOfTheFleetCountsForTheNextRun() {
    RemoteRun runs = runs(limits(10, 10, LONG));
    RunRequest request = request(RunTarget.node(new NodeId("n7")), false);
    assertThat(start(runs, request).canBegin()).isFalse();

    fleet.set(fleet("root", "n7"));

    assertThat(start(runs, request).canBegin()).isTrue();
  }

  /** With nothing that knows of it later. */
  private static Run start(RemoteRun engine, RunRequest request) {
    Runs.Limits limits = new Runs.Limits(Duration.ofMinutes(1), 10);
    RunStore store = RunStore.inMemory(() -> new MemoryRunLog(1_000_000), LogBudget.unlimited());
    return new Runs(engine, store, limits).start(request, List.of()).blockOptional().orElseThrow();
  }

  private RemoteRun runs(RemoteRun.Limits limits) {
    SubRelays none =
        new SubRelays(
            NodeId.ROOT,
            PeerTls.pinned(HostCertificate.made(TestKeys.of("root"), NodeId.ROOT)),
            relay -> InetSocketAddress.createUnresolved("relay.invalid", 1),
            new SubRelays.Deadlines(LONG, LONG, LONG),
            Tracing.OFF);
    return new RemoteRun(
        NodeId.ROOT, fleet::get, Transports.only(nodes), none, limits, NOPLogger.NOP_LOGGER);
  }

  private static RemoteRun.Limits limits(int nodes, int runs, Duration duration) {
    return new RemoteRun.Limits(nodes, 2 * nodes, runs, duration);
  }

  private static Fleet fleet(String... ids) {
    List<NodeEntry> entries =
        Stream.of(ids)
            .map(id -> new NodeEntry(new NodeId(id), id, Optional.empty(), NodeId.ROOT))
            .toList();
    return new Fleet(new Topology(NodeId.ROOT, NodeList.of(entries)), NodeCertificates.none());
  }

  private static RunRequest request(RunTarget target, boolean keepOutput) {
    return new RunRequest(RunId.random(), target, List.of(), false, keepOutput);
  }

  private static List<RunEvent> events(Run run) {
    return run.log().events().collectList().blockOptional().orElseThrow();
  }

  private static Kind kind(List<RunEvent> events, String node) {
    return events.stream()
        .filter(event -> event.node().value().equals(node))
        .filter(RunEvent.Failed.class::isInstance)
        .map(event -> ((RunEvent.Failed) event).failure().kind())
        .findFirst()
        .orElseThrow();
  }
}
