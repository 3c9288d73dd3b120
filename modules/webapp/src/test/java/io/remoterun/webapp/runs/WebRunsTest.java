package io.remoterun.webapp.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.operations.metrics.Metrics;
import io.remoterun.operations.metrics.RunMetrics;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.log.LogSource;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Slot;
import io.remoterun.protocol.log.SourceLog;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally.State;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

@Timeout(60)
class WebRunsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final Caller ANNA = new Caller("anna", "192.0.2.1");
  private static final Caller BERT = new Caller("bert", "192.0.2.2");

  private static final RunMetrics METRICS = new RunMetrics(new Metrics(), "webapp");

  private final ScriptedRelay scripted = new ScriptedRelay();
  private final RootRelay relay =
      new RootRelay(scripted.url(), Optional::empty, new RootRelay.Deadlines(LONG, LONG));
  private final MemoryArchive archive = new MemoryArchive(100_000, 3, InstantSource.system());
  private final WebRuns runs =
      new WebRuns(relay, archive, InstantSource.system(), METRICS, Tracing.OFF);

  @AfterEach
  void close() {
    runs.close();
    scripted.close();
  }

  private static RunRecord record(RunRecord.How how) {
    return new RunRecord(
        RunId.random(),
        new Targets.All(),
        List.of(new Condition("force_inventory")),
        how,
        ANNA,
        Instant.now(),
        Optional.empty());
  }

  private static RunRecord.How atOnce() {
    return new RunRecord.How(LONG, OptionalInt.empty(), new StopAfter.Never(), true);
  }

  private static RunRecord.How carefully(int concurrency, StopAfter stopAfter) {
    return new RunRecord.How(LONG, OptionalInt.of(concurrency), stopAfter, true);
  }

  private RunView start(RunRecord run, NodeId... nodes) {
    return runs.start(run, List.of(nodes), Optional.empty()).blockOptional(LONG).orElseThrow();
  }

  private static void awaitEnd(RunView run) {
    run.log().events().blockLast(LONG);
  }

  private static NodeResult result(RunView run, NodeId node) {
    return Objects.requireNonNull(run.results().get(node));
  }

  private static RunEvent output(NodeId node, String text) {
    return new RunEvent.Output(node, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(NodeId node, int code) {
    return new RunEvent.Finished(node, ExitStatus.code(code));
  }

  private static RunEvent failed(NodeId node, Kind kind) {
    return new RunEvent.Failed(node, new RunFailure(kind, "relay root", "so it is"));
  }

  @Test
  void allNodesAreOneCallOfTheRelay() throws Exception {
    RunView run = start(record(atOnce()), N1, N2, N3);
    ScriptedRelay.Asked asked = scripted.asked();
    assertThat(asked.header("X-Run-Id")).isEqualTo(run.record().id().toString());
    assertThat(asked.form())
        .isEqualTo("asynchronous=true&keep_output=true&classes=force_inventory&nodes=n1%2Cn2%2Cn3");
    asked.says(new RunEvent.Started(N1, "agent")).says(output(N1, "a\n")).says(finished(N1, 0));
    asked.says(failed(N2, Kind.UNREACHABLE)).says(finished(N3, 4)).end();
    awaitEnd(run);
    assertThat(scripted.wasAsked()).isFalse();

    assertThat(run.counts()).isEqualTo(new Counts(0, 0, 1, 1, 1, 0, 0));
    assertThat(run.ended()).isPresent();
    assertThat(run.results().keySet()).containsExactly(N1, N2, N3);
    assertThat(result(run, N1).duration()).isPresent();
    assertThat(result(run, N2).began()).isEmpty();
    assertThat(result(run, N2).ended()).isPresent();
  }

  @Test
  void noMoreNodesRunAtOnceThanWereAskedFor() throws Exception {
    RunView run = start(record(carefully(2, new StopAfter.Never())), N1, N2, N3);
    ScriptedRelay.Asked first = scripted.asked();
    ScriptedRelay.Asked second = scripted.asked();
    assertThat(scripted.wasAsked()).isFalse();
    assertThat(first.header("X-Run-Id")).isNotEqualTo(second.header("X-Run-Id"));
    (first.form().endsWith("n2") ? first : second).says(finished(N2, 0)).end();
    ScriptedRelay.Asked third = scripted.asked();
    assertThat(third.form()).endsWith("nodes=n3");
    third.says(finished(N3, 0)).end();
    (first.form().endsWith("n1") ? first : second).says(finished(N1, 0)).end();
    awaitEnd(run);
    assertThat(run.counts().succeeded()).isEqualTo(3);
  }

  @Test
  void failuresStopARunThatSaysSo() throws Exception {
    NodeId[] nodes =
        IntStream.range(0, 10).mapToObj(i -> new NodeId("n" + i)).toArray(NodeId[]::new);
    RunView run = start(record(carefully(1, StopAfter.parse("20%"))), nodes);
    scripted.asked().says(failed(nodes[0], Kind.UNREACHABLE)).end();
    scripted.asked().says(finished(nodes[1], 0)).end();
    scripted.asked().says(finished(nodes[2], 7)).end();
    awaitEnd(run);
    assertThat(run.counts()).isEqualTo(new Counts(0, 0, 1, 1, 1, 7, 0));
    assertThat(result(run, nodes[9]).last().toString())
        .contains("the run stopped, because 2 nodes did not succeed");
    assertThat(scripted.wasAsked()).isFalse();
  }

  @Test
  void aCancelStopsWhatRunsAndWhatWaits() throws Exception {
    RunView run = start(record(carefully(1, new StopAfter.Never())), N1, N2);
    ScriptedRelay.Asked asked = scripted.asked();
    runs.cancel(run.record().id(), BERT).block(LONG);
    ScriptedRelay.Asked cancel = scripted.asked();
    assertThat(cancel.path()).endsWith("/remote-run/runs/" + asked.header("X-Run-Id"));
    cancel.end();
    asked.says(failed(N1, Kind.STOPPED)).end();
    awaitEnd(run);
    assertThat(run.counts().stopped()).isEqualTo(2);
    assertThat(run.cancelledBy()).contains(BERT);
    assertThat(result(run, N2).last().toString()).contains("cancelled before its turn");
  }

  @Test
  void noAgentIsStartedAfterTheDeadline() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    RunRecord.How how = carefully(1, new StopAfter.Never());
    try (WebRuns late = new WebRuns(relay, archive, now::get, METRICS, Tracing.OFF)) {
      RunView run =
          late.start(record(how), List.of(N1, N2, N3), Optional.empty())
              .blockOptional(LONG)
              .orElseThrow();
      ScriptedRelay.Asked first = scripted.asked();
      now.updateAndGet(time -> time.plus(LONG.multipliedBy(2)));
      first.says(finished(N1, 0)).end();
      awaitEnd(run);
      assertThat(run.counts()).isEqualTo(new Counts(0, 0, 1, 0, 2, 0, 0));
      assertThat(result(run, N2).last())
          .isEqualTo(
              new RunEvent.Failed(
                  N2,
                  new RunFailure(
                      Kind.TIMEOUT, "webapp", "the run's deadline passed before its turn")));
      // Neither for the run nor for its end.
      assertThat(scripted.wasAsked()).isFalse();

      RunView together =
          late.start(record(atOnce()), List.of(N1, N2), Optional.empty())
              .blockOptional(LONG)
              .orElseThrow();
      awaitEnd(together);
      assertThat(together.counts().failed()).isEqualTo(2);
      assertThat(scripted.wasAsked()).isFalse();
    }
  }

  @Test
  void theSameKeyOfACallerIsTheSameRun() throws Exception {
    RunView first =
        runs.start(record(atOnce()), List.of(N1), Optional.of("k")).blockOptional().orElseThrow();
    scripted.asked().says(finished(N1, 0)).end();
    awaitEnd(first);
    RunView second =
        runs.start(record(atOnce()), List.of(N1), Optional.of("k")).blockOptional().orElseThrow();
    assertThat(second.record()).isEqualTo(first.record());
    assertThat(scripted.wasAsked()).isFalse();
  }

  @Test
  void endedRunsAreFoundUntilThereAreTooMany() throws Exception {
    RunView first = start(record(atOnce()), N1);
    scripted.asked().says(output(N1, "hello\n")).says(finished(N1, 0)).end();
    awaitEnd(first);
    RunView found = runs.find(first.record().id()).blockOptional().orElseThrow();
    assertThat(found.log().events().collectList().block(LONG))
        .containsExactly(output(N1, "hello\n"), finished(N1, 0));
    assertThat(result(found, N1).state()).isEqualTo(State.SUCCEEDED);

    for (int i = 0; i < 3; i++) {
      RunView next = start(record(atOnce()), N1);
      scripted.asked().says(finished(N1, 0)).end();
      awaitEnd(next);
    }
    assertThat(runs.find(first.record().id()).blockOptional()).isEmpty();
    assertThat(list(RunArchive.Filter.any()).total()).isEqualTo(3);
  }

  private RunArchive.Page list(RunArchive.Filter filter) {
    return runs.list(filter, 0, 100).blockOptional(LONG).orElseThrow();
  }

  @Test
  void whatCannotBeKeptDoesNotBegin() {
    RunArchive full =
        new OneOrphan(archive, Flux.never()) {
          @Override
          public Mono<RunId> keep(RunRecord run, List<NodeId> nodes, Optional<String> key) {
            return Mono.error(new IllegalStateException("the disk is full"));
          }
        };
    try (WebRuns unkept = new WebRuns(relay, full, InstantSource.system(), METRICS, Tracing.OFF)) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () -> unkept.start(record(atOnce()), List.of(N1), Optional.empty()).block(LONG))
          .withMessage("the disk is full");
    }
    assertThat(scripted.wasAsked()).isFalse();
  }

  @Test
  void aRunWhoseProcessIsGoneGoesOnFromWhatIsKept() throws Exception {
    RunRecord record = record(atOnce());
    archive.keep(record, List.of(N1, N2), Optional.empty()).block(LONG);
    RunLog kept = new MemoryRunLog(1000);
    kept.append(new RunEvent.Started(N1, "agent"));
    kept.append(output(N1, "one\n"));
    kept.append(finished(N2, 0));
    kept.close();
    RunView orphan = new Orphan(record, kept, List.of(N1, N2));
    try (WebRuns next =
        new WebRuns(
            relay,
            new OneOrphan(archive, Flux.just(orphan)),
            InstantSource.system(),
            METRICS,
            Tracing.OFF)) {
      next.begin();
      ScriptedRelay.Asked asked = scripted.asked();
      assertThat(asked.header("X-Run-Id")).isEqualTo(record.id().toString());
      assertThat(asked.header("Last-Event-ID")).isEqualTo("0");
      asked.says(new RunEvent.Started(N1, "agent")).says(finished(N2, 0)).says(output(N1, "one\n"));
      asked.says(output(N1, "two\n")).says(finished(N1, 3)).end();
      RunView goesOn = next.find(record.id()).blockOptional().orElseThrow();
      awaitEnd(goesOn);
      assertThat(goesOn.log().events().collectList().block(LONG))
          .containsExactly(output(N1, "two\n"), finished(N1, 3));
      assertThat(goesOn.counts()).isEqualTo(new Counts(0, 0, 1, 1, 0, 0, 0));
    }
  }

  /** Another webapp had it meanwhile: this one was thought to be gone. */
  @Test
  void aRunThatComesBackIsFollowedOnce() throws Exception {
    Sinks.Many<RunView> orphans = Sinks.many().unicast().onBackpressureBuffer();
    try (WebRuns same =
        new WebRuns(
            relay,
            new OneOrphan(archive, orphans.asFlux()) {
              @Override
              public RunLog log(RunRecord run, List<NodeId> nodes) {
                return new MemoryRunLog(1000);
              }
            },
            InstantSource.system(),
            METRICS,
            Tracing.OFF)) {
      same.begin();
      RunRecord record = record(atOnce());
      RunView first =
          same.start(record, List.of(N1), Optional.empty()).blockOptional(LONG).orElseThrow();
      ScriptedRelay.Asked before = scripted.asked();
      before.says(new RunEvent.Started(N1, "agent"));
      first.log().events().blockFirst(LONG);
      RunLog kept = new MemoryRunLog(1000);
      kept.append(new RunEvent.Started(N1, "agent"));
      kept.close();
      orphans.tryEmitNext(new Orphan(record, kept, List.of(N1)));

      ScriptedRelay.Asked since = scripted.asked();
      awaitEnd(first);
      RunView goesOn = same.find(record.id()).blockOptional().orElseThrow();
      assertThat(goesOn).isNotSameAs(first);
      since.says(new RunEvent.Started(N1, "agent")).says(output(N1, "since\n"));
      since.says(finished(N1, 0)).end();
      awaitEnd(goesOn);
      assertThat(goesOn.log().events().collectList().block(LONG))
          .containsExactly(output(N1, "since\n"), finished(N1, 0));
    }
  }

  @Test
  void aRunThatTheRelayHasForgottenEndsWithAReason() throws Exception {
    RunRecord record = record(atOnce());
    archive.keep(record, List.of(N1), Optional.empty()).block(LONG);
    RunLog kept = new MemoryRunLog(1000);
    kept.close();
    scripted.refuseWith(404);
    RunView orphan = new Orphan(record, kept, List.of(N1));
    try (WebRuns next =
        new WebRuns(
            relay,
            new OneOrphan(archive, Flux.just(orphan)),
            InstantSource.system(),
            METRICS,
            Tracing.OFF)) {
      next.begin();
      RunView goesOn = archive.find(record.id()).blockOptional().orElseThrow();
      awaitEnd(goesOn);
      assertThat(result(goesOn, N1).last())
          .isInstanceOfSatisfying(
              RunEvent.Failed.class,
              last -> assertThat(last.failure().kind()).isEqualTo(Kind.INTERRUPTED));
    }
  }

  @Test
  void whatIsKeptOfARunIsReadAgainWhenTheDatabaseWasAwayForAMoment() throws Exception {
    RunRecord record = record(atOnce());
    archive.keep(record, List.of(N1), Optional.empty()).block(LONG);
    Orphan orphan = new Orphan(record, failing(1), List.of(N1));
    try (WebRuns next =
        new WebRuns(
            relay,
            new OneOrphan(archive, Flux.just(orphan)),
            InstantSource.system(),
            METRICS,
            Tracing.OFF)) {
      next.begin();
      scripted.asked().says(finished(N1, 0)).end();
      RunView goesOn = archive.find(record.id()).blockOptional().orElseThrow();
      awaitEnd(goesOn);
      assertThat(goesOn.counts().succeeded()).isEqualTo(1);
    }
  }

  @Test
  void aRunOfWhichNothingCanBeReadEndsWithAReason() {
    RunRecord record = record(atOnce());
    archive.keep(record, List.of(N1, N2), Optional.empty()).block(LONG);
    Orphan orphan = new Orphan(record, failing(Integer.MAX_VALUE), List.of(N1, N2));
    try (WebRuns next =
        new WebRuns(
            relay,
            new OneOrphan(archive, Flux.just(orphan)),
            InstantSource.system(),
            METRICS,
            Tracing.OFF)) {
      next.begin();
      RunView ended = archive.find(record.id()).blockOptional().orElseThrow();
      awaitEnd(ended);
      assertThat(ended.counts().failed()).isEqualTo(2);
      assertThat(result(ended, N2).last().toString())
          .contains("what is kept of it cannot be read")
          .contains("the table is broken");
    }
    assertThat(scripted.wasAsked()).isFalse();
  }

  /** A log that cannot be read so many times, and then has nothing in it. */
  private static RunLog failing(int times) {
    AtomicInteger left = new AtomicInteger(times);
    return new SourceLog(
        () ->
            new LogSource() {
              @Override
              public List<Slot> from(long sequence, int most) throws IOException {
                if (left.getAndDecrement() > 0) {
                  throw new IOException("the table is broken");
                }
                return List.of();
              }

              @Override
              public boolean hasEndedBefore(long sequence) {
                return true;
              }
            },
        Schedulers.parallel());
  }

  /** What another process has left. */
  private record Orphan(RunRecord record, RunLog log, List<NodeId> nodes) implements RunView {
    @Override
    public Counts counts() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<NodeId, NodeResult> results() {
      return new Results(nodes, InstantSource.system()).byNode();
    }

    @Override
    public Optional<Instant> ended() {
      return Optional.empty();
    }

    @Override
    public Optional<Caller> cancelledBy() {
      return Optional.empty();
    }
  }

  /** An archive in memory in which an earlier process has left something. */
  private static class OneOrphan implements RunArchive {
    private final RunArchive archive;
    private final Flux<RunView> orphans;

    OneOrphan(RunArchive archive, Flux<RunView> orphans) {
      this.archive = archive;
      this.orphans = orphans;
    }

    @Override
    public Mono<RunId> ofKey(Caller by, String key) {
      return Mono.empty();
    }

    @Override
    public Mono<RunId> keep(RunRecord run, List<NodeId> nodes, Optional<String> key) {
      return archive.keep(run, nodes, key);
    }

    @Override
    public RunLog log(RunRecord run, List<NodeId> nodes) {
      return archive.log(run, nodes);
    }

    @Override
    public Mono<Void> cancel(RunId id, Caller by) {
      return archive.cancel(id, by);
    }

    @Override
    public Flux<RunView> cancelled() {
      return archive.cancelled();
    }

    @Override
    public Mono<RunView> find(RunId id) {
      return archive.find(id);
    }

    @Override
    public Mono<Page> list(Filter filter, int offset, int limit) {
      return archive.list(filter, offset, limit);
    }

    @Override
    public Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
      return archive.lastRuns(nodes);
    }

    @Override
    public Flux<RunView> orphans() {
      return orphans;
    }
  }
}
