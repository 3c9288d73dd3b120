package io.remoterun.webapp.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally.State;
import io.remoterun.testing.Eventually;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunArchive.Filter;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;

/** What an archive of runs does, on either database. */
@Timeout(60)
abstract class JdbcArchiveContract {
  static final Duration SOON = Duration.ofSeconds(30);
  static final NodeId N1 = new NodeId("n1");
  static final NodeId N2 = new NodeId("n2");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path folder;
  private StoreSettings settings;
  private TestStore store;

  abstract StoreSettings settings(Path folder);

  @BeforeEach
  void open() {
    settings = settings(folder.resolve("webapp"));
    store = TestStore.open(settings);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private RunRecord keep(String by, Instant began, NodeId... nodes) {
    RunRecord run = Runs.record(by, began);
    assertThat(store.archive().keep(run, List.of(nodes), Optional.empty()).blockOptional(SOON))
        .isEmpty();
    return run;
  }

  private void end(RunRecord run, NodeId... nodes) {
    RunLog log = store.archive().log(run, List.of(nodes));
    for (NodeId node : nodes) {
      log.append(new RunEvent.Output(node, OutputBytes.ofUtf8("x".repeat(1000))));
      log.append(new RunEvent.Finished(node, ExitStatus.code(0)));
    }
    log.close();
    store.awaitStored(run.id());
  }

  private List<RunRecord> list(Filter filter) {
    RunArchive.Page page = store.archive().list(filter, 0, 10).blockOptional(SOON).orElseThrow();
    assertThat(page.total()).isEqualTo(page.runs().size());
    return page.runs().stream().map(RunArchive.Summary::record).toList();
  }

  RunView find(RunId id) {
    return store.archive().find(id).blockOptional(SOON).orElseThrow();
  }

  @Test
  void tellsOfEachNodeHowItWent() {
    RunRecord run = keep("anna", Instant.now(), N2, N1);
    RunLog log = store.archive().log(run, List.of(N2, N1));
    RunFailure failure = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay r1", "no way");
    log.append(new RunEvent.Started(N1, "rudder agent run"));
    log.append(new RunEvent.Finished(N1, new ExitStatus.Killed()));
    log.append(new RunEvent.Failed(N2, failure));
    Map<NodeId, NodeResult> before = find(run.id()).results();
    log.close();
    store.awaitStored(run.id());

    RunView found = find(run.id());
    assertThat(found.record()).isEqualTo(run);
    assertThat(found.results().keySet()).containsExactly(N2, N1);
    assertThat(result(found.results(), N2).last()).isEqualTo(new RunEvent.Failed(N2, failure));
    assertThat(found.results().get(N1))
        .satisfies(
            result -> {
              assertThat(result.state()).isEqualTo(State.AGENT_ERROR);
              assertThat(result.last())
                  .isEqualTo(new RunEvent.Finished(N1, new ExitStatus.Killed()));
              assertThat(result.duration()).isPresent();
            });
    assertThat(result(before, N1).state()).isEqualTo(State.AGENT_ERROR);
    assertThat(found.counts().failed()).isEqualTo(1);
    assertThat(found.ended()).isPresent();
  }

  private static NodeResult result(Map<NodeId, NodeResult> results, NodeId node) {
    return Objects.requireNonNull(results.get(node));
  }

  @Test
  void listsWhatIsAskedForTheNewestFirst() {
    RunRecord first = keep("anna", NOON, N1);
    RunRecord second = keep("bert", NOON.plusSeconds(10), N1, N2);
    RunRecord third = keep("anna", NOON.plusSeconds(20), N2);
    end(first, N1);
    store.archive().cancel(second.id(), new Caller("carl", "192.0.2.3")).block(SOON);
    store.archive().cancel(second.id(), new Caller("dora", "192.0.2.4")).block(SOON);

    assertThat(list(Filter.any())).containsExactly(third, second, first);
    assertThat(list(nodes(N1))).containsExactly(second, first);
    assertThat(list(nodes(N1, N2))).containsExactly(third, second, first);
    assertThat(list(nodes())).isEmpty();
    assertThat(list(by("anna"))).containsExactly(third, first);
    assertThat(list(is(RunArchive.State.ENDED))).containsExactly(first);
    assertThat(list(is(RunArchive.State.CANCELLING))).containsExactly(second);
    assertThat(list(is(RunArchive.State.RUNNING))).containsExactly(third);
    assertThat(list(between(NOON.plusSeconds(10), NOON.plusSeconds(20)))).containsExactly(second);
    RunArchive.Page page =
        store.archive().list(Filter.any(), 1, 1).blockOptional(SOON).orElseThrow();
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.runs()).extracting(RunArchive.Summary::record).containsExactly(second);
    assertThat(find(second.id()).cancelledBy()).contains(new Caller("carl", "192.0.2.3"));
  }

  private static Filter nodes(NodeId... nodes) {
    Filter any = Filter.any();
    return new Filter(Optional.of(List.of(nodes)), any.by(), any.state(), any.since(), any.until());
  }

  private static Filter by(String name) {
    Filter any = Filter.any();
    return new Filter(any.nodes(), Optional.of(name), any.state(), any.since(), any.until());
  }

  private static Filter is(RunArchive.State state) {
    Filter any = Filter.any();
    return new Filter(any.nodes(), any.by(), Optional.of(state), any.since(), any.until());
  }

  private static Filter between(Instant since, Instant until) {
    Filter any = Filter.any();
    return new Filter(any.nodes(), any.by(), any.state(), Optional.of(since), Optional.of(until));
  }

  @Test
  void tellsTheNewestRunOfEachNode() {
    RunRecord first = keep("anna", NOON, N1, N2);
    end(first, N1, N2);
    // Came to the database later, and was asked for before.
    RunRecord late = keep("anna", NOON.minusSeconds(10), N1);
    end(late, N1);
    RunRecord newest = keep("bert", NOON.plusSeconds(10), N2);
    store.archive().log(newest, List.of(N2)).append(new RunEvent.Started(N2, "agent"));

    Map<NodeId, LastRun> last = lastRuns(List.of(N1, N2, new NodeId("n3")));
    assertThat(last).containsOnlyKeys(N1, N2);
    assertThat(last.get(N1))
        .satisfies(
            run -> {
              assertThat(run.run()).isEqualTo(first.id());
              assertThat(run.asked()).isEqualTo(NOON);
              assertThat(run.result().last())
                  .isEqualTo(new RunEvent.Finished(N1, ExitStatus.code(0)));
            });
    assertThat(last.get(N2))
        .satisfies(
            run -> {
              assertThat(run.run()).isEqualTo(newest.id());
              assertThat(run.result().state()).isEqualTo(State.RUNNING);
            });
    assertThat(lastRuns(List.of(N1))).containsOnlyKeys(N1);
    assertThat(lastRuns(List.of())).isEmpty();
  }

  private Map<NodeId, LastRun> lastRuns(List<NodeId> nodes) {
    return store.archive().lastRuns(nodes).blockOptional(SOON).orElseThrow();
  }

  /** Every node looked for in all rows would take minutes. */
  @Test
  void theNewestRunsOfManyNodesAreFoundAmongManyRuns() {
    List<NodeId> nodes = IntStream.range(0, 3000).mapToObj(i -> new NodeId("n" + i)).toList();
    RunRecord newest = Runs.record();
    for (int i = 0; i < 30; i++) {
      newest = Runs.record("anna", NOON.plusSeconds(i));
      store.archive().keep(newest, nodes, Optional.empty()).block(SOON);
    }
    Map<NodeId, LastRun> last = lastRuns(nodes);
    assertThat(last).hasSize(3000);
    assertThat(last.values()).extracting(LastRun::run).containsOnly(newest.id());
  }

  @Test
  void ofManyRequestsWithOneKeyOneRunIsKept() {
    List<RunRecord> asked =
        Flux.range(0, 30).map(i -> Runs.record()).collectList().blockOptional(SOON).orElseThrow();
    List<RunId> firsts =
        Flux.fromIterable(asked)
            .flatMap(
                run ->
                    store
                        .archive()
                        .keep(run, List.of(N1), Optional.of("key"))
                        .defaultIfEmpty(run.id()),
                30)
            .distinct()
            .collectList()
            .blockOptional(SOON)
            .orElseThrow();
    assertThat(firsts).hasSize(1);
    assertThat(list(Filter.any())).extracting(RunRecord::id).containsExactlyElementsOf(firsts);
    RunRecord other = Runs.record("bert", Instant.now());
    assertThat(store.archive().keep(other, List.of(N1), Optional.of("key")).blockOptional(SOON))
        .isEmpty();
  }

  @Test
  void whatAnotherProcessHasLeftIsTakenUpAsSoonAsItCanBeRead() {
    RunRecord run = keep("anna", Instant.now(), N1);
    store.archive().log(run, List.of(N1)).append(new RunEvent.Started(N1, "rudder agent run"));
    Eventually.await("it is stored", () -> rows().size() == 1, this::rows);
    byte[] row = rows().getFirst();
    write("no event\n".getBytes(StandardCharsets.US_ASCII));
    store.close();

    store = TestStore.open(settings);
    List<RunView> taken = new CopyOnWriteArrayList<>();
    var hears = store.archive().orphans().subscribe(taken::add);
    assertThat(taken).isEmpty();
    write(row);
    Eventually.await("the run is taken up", () -> !taken.isEmpty(), () -> taken);
    assertThat(taken).extracting(RunView::record).containsExactly(run);
    assertThat(taken.getFirst().log().events().collectList().block(SOON))
        .containsExactly(new RunEvent.Started(N1, "rudder agent run"));
    hears.dispose();
  }

  /** A webapp that was halted for long: another one had its run meanwhile, and is gone by now. */
  @Test
  void ofARunThatComesBackOnlyWhatIsDrivenSinceThenIsWritten() {
    RunRecord run = keep("anna", Instant.now(), N1);
    RunLog before = store.archive().log(run, List.of(N1));
    before.append(new RunEvent.Started(N1, "rudder agent run"));
    Eventually.await("it is stored", () -> rows().size() == 1, this::rows);
    List<RunView> taken = new CopyOnWriteArrayList<>();
    var hears = store.archive().orphans().subscribe(taken::add);
    store
        .database()
        .now(
            jdbc -> jdbc.sql("update run set owned_by = ?").param(RunId.random().value()).update());
    Eventually.await("the run comes back", () -> !taken.isEmpty(), () -> taken);

    RunLog since = store.archive().log(run, List.of(N1));
    before.append(new RunEvent.Output(N1, OutputBytes.ofUtf8("before\n")));
    before.append(new RunEvent.Finished(N1, ExitStatus.code(0)));
    before.close();
    since.append(new RunEvent.Output(N1, OutputBytes.ofUtf8("since\n")));
    since.append(new RunEvent.Finished(N1, ExitStatus.code(0)));
    since.close();
    store.awaitStored(run.id());
    assertThat(find(run.id()).log().events().collectList().block(SOON))
        .containsExactly(
            new RunEvent.Started(N1, "rudder agent run"),
            new RunEvent.Output(N1, OutputBytes.ofUtf8("since\n")),
            new RunEvent.Finished(N1, ExitStatus.code(0)));
    hears.dispose();
  }

  private List<byte[]> rows() {
    return store
        .database()
        .now(jdbc -> jdbc.sql("select lines from run_chunk").query(byte[].class).list());
  }

  private void write(byte[] row) {
    store.database().now(jdbc -> jdbc.sql("update run_chunk set lines = ?").param(row).update());
  }

  @Test
  void whoWatchesSeesTheEndOfManyNodesWhileTheDatabaseStandsStill() throws SQLException {
    List<NodeId> nodes = IntStream.range(0, 10_000).mapToObj(i -> new NodeId("n" + i)).toList();
    RunRecord run = Runs.record();
    store.archive().keep(run, nodes, Optional.empty()).block(SOON);
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < settings.poolSize(); i++) {
      held.add(store.source().getConnection());
    }
    RunLog log = store.archive().log(run, nodes);
    nodes.forEach(node -> log.append(new RunEvent.Started(node, "rudder agent run")));
    nodes.forEach(node -> log.append(new RunEvent.Finished(node, ExitStatus.code(0))));
    log.close();
    assertThat(log.events().count().block(SOON)).isEqualTo(20_000);
    assertThat(find(run.id()).ended()).isPresent();
    assertThat(find(run.id()).counts().succeeded()).isEqualTo(10_000);
    try (Statement statement = held.getFirst().createStatement();
        ResultSet row = statement.executeQuery("select waiting from run")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(10_000);
    }

    for (Connection connection : held) {
      connection.close();
    }
    store.awaitStored(run.id());
    assertThat(find(run.id()).results().values())
        .hasSize(10_000)
        .allMatch(result -> result.state() == State.SUCCEEDED);
  }

  @Test
  void deletesWhatIsOldOrTooMuchButNoRunThatGoesOn() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    RunRecord goesOn = keep("anna", now.minus(Duration.ofDays(9)), N1);
    RunRecord old = keep("anna", now.minusSeconds(30), N1);
    RunRecord middle = keep("anna", now.minusSeconds(20), N1);
    RunRecord young = keep("anna", now.minusSeconds(10), N1);
    end(old, N1);
    end(middle, N1);
    end(young, N1);
    clean(DataSize.ofGigabytes(1), InstantSource.system());
    assertThat(list(Filter.any())).containsExactly(young, middle, old, goesOn);
    clean(DataSize.ofBytes(5600), InstantSource.system());
    assertThat(list(Filter.any())).containsExactly(young, middle, goesOn);
    clean(
        DataSize.ofGigabytes(1), InstantSource.offset(InstantSource.system(), Duration.ofDays(91)));
    assertThat(list(Filter.any())).containsExactly(goesOn);
    assertThat(
            store
                .database()
                .call(jdbc -> jdbc.sql("select count(*) from run_chunk").query(Long.class).single())
                .block(SOON))
        .isZero();
  }

  @Test
  void deletesAllThatIsOldAndAllThatIsTooMuchAtOnce() {
    int old = Retention.MOST_AT_ONCE * 2;
    for (int i = 0; i < old; i++) {
      ended("old", NOON.minusSeconds(i), 1);
    }
    // Nobody printed anything: what there is of them are the rows of their nodes.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    ended("large", now.minusSeconds(20), 1000);
    ended("large", now.minusSeconds(10), 1000);
    RunRecord newest = ended("large", now, 1000);
    clean(DataSize.ofBytes(Retention.NODE_BYTES * 1500L), InstantSource.system());
    assertThat(list(Filter.any())).containsExactly(newest);
  }

  private RunRecord ended(String by, Instant began, int nodes) {
    NodeId[] ids =
        IntStream.range(0, nodes).mapToObj(i -> new NodeId("n" + i)).toArray(NodeId[]::new);
    RunRecord run = keep(by, began, ids);
    store
        .database()
        .now(
            jdbc ->
                jdbc.sql("update run set ended = began where id = ?")
                    .param(run.id().value())
                    .update());
    return run;
  }

  private void clean(DataSize size, InstantSource clock) {
    Keeping keeping =
        new Keeping(DataSize.ofMegabytes(1), DataSize.ofMegabytes(8), Duration.ofDays(90), size);
    new Retention(store.database(), keeping, clock).clean().block(SOON);
  }
}
