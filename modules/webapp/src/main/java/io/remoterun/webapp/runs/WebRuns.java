package io.remoterun.webapp.runs;

import io.remoterun.operations.metrics.RunMetrics;
import io.remoterun.operations.trace.Span;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The runs of this webapp, and those that are kept. A run is kept before it begins, goes on when
 * nobody looks, and also when this process is killed: the next one asks the relay for the rest of
 * it. Thread-safe; nothing here blocks.
 */
public final class WebRuns implements AutoCloseable {
  private static final int READ_AGAIN = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final RunDriver driver;
  private final RunArchive archive;
  private final InstantSource clock;
  private final RunMetrics metrics;
  private final Tracing tracing;
  private final Map<RunId, LiveRun> live = new ConcurrentHashMap<>();
  private final Disposable.Composite background = Disposables.composite();

  public WebRuns(
      RootRelay relay,
      RunArchive archive,
      InstantSource clock,
      RunMetrics metrics,
      Tracing tracing) {
    this.driver = new RunDriver(relay, clock);
    this.archive = archive;
    this.clock = clock;
    this.metrics = metrics;
    this.tracing = tracing;
  }

  /** Takes up what other processes have left, and hears of what is cancelled elsewhere. */
  public void begin() {
    background.add(archive.orphans().subscribe(this::resume, WebRuns::defect));
    background.add(archive.cancelled().subscribe(this::cancelHere, WebRuns::defect));
  }

  /**
   * Begins a run.
   *
   * @param key the caller's own name for the request: a second one with the same gets the first
   *     one's run
   * @return fails when it cannot be kept, and then nothing has begun
   */
  public Mono<RunView> start(RunRecord run, List<NodeId> nodes, Optional<String> key) {
    return start(run, nodes, Map.of(), key, Asked.now());
  }

  /**
   * The same for a run of which more is known.
   *
   * @param hopeless those of the nodes that the relay is not asked for, and why they have failed
   */
  public Mono<RunView> start(
      RunRecord run,
      List<NodeId> nodes,
      Map<NodeId, RunFailure> hopeless,
      Optional<String> key,
      Asked asked) {
    return archive
        .keep(run, nodes, key)
        .flatMap(this::find)
        .switchIfEmpty(Mono.fromSupplier(() -> begin(run, nodes, hopeless, asked)));
  }

  /** The run that the caller has begun with that key; empty when there is none. */
  public Mono<RunView> begunBefore(Caller by, String key) {
    return archive.ofKey(by, key).flatMap(this::find);
  }

  private RunView begin(
      RunRecord record, List<NodeId> nodes, Map<NodeId, RunFailure> hopeless, Asked asked) {
    Span span =
        tracing.begin("run", Tracing.Kind.SERVER, asked.trace(), record.id(), asked.since());
    LiveRun run = goOn(record, nodes, new Results(nodes, clock));
    Flux<RunEvent> events =
        driver.begin(
            record, nodes, hopeless, run.cancellation().signal(), run::counts, span.context());
    run.record(
        metrics
            .counted(span.around(events), Duration.between(record.began(), clock.instant()))
            .doOnNext(event -> logEnd(record, event))
            .doFinally(end -> over(run)));
    return run;
  }

  private LiveRun goOn(RunRecord record, List<NodeId> nodes, Results results) {
    RunLog events = archive.log(record, nodes);
    LiveRun run = new LiveRun(record, events, results, clock);
    // One that another webapp has had meanwhile, while this one was thought to be gone.
    Optional.ofNullable(live.put(record.id(), run)).ifPresent(LiveRun::leave);
    return run;
  }

  private static void logEnd(RunRecord run, RunEvent event) {
    switch (event) {
      case RunEvent.Finished finished ->
          log.info("run {} of node {}: {}", run.id(), event.node(), finished.status());
      case RunEvent.Failed failed ->
          log.warn("run {} of node {} failed: {}", run.id(), event.node(), failed.failure());
      default -> {}
    }
  }

  private void over(LiveRun run) {
    if (live.remove(run.record().id(), run)) {
      log.info("run {} is over: {}", run.record().id(), run.counts());
    }
  }

  private void resume(RunView orphan) {
    RunRecord record = orphan.record();
    List<NodeId> nodes = List.copyOf(orphan.results().keySet());
    log.warn("run {} goes on: the process that had begun it is gone", record.id());
    LiveRun run = goOn(record, nodes, new Results(orphan.results(), clock));
    orphan.cancelledBy().ifPresent(run::cancel);
    run.record(
        metrics
            .resumed(
                known(orphan, run)
                    .map(known -> driver.resume(record, nodes, known, run.cancellation().signal()))
                    .onErrorResume(error -> Mono.just(unreadable(run, error)))
                    .flatMapMany(events -> events))
            .doOnNext(event -> logEnd(record, event))
            .doFinally(end -> over(run)));
  }

  /** What of a run is kept. The database may be away for a moment. */
  private static Mono<RetoldEvents> known(RunView orphan, LiveRun run) {
    return Mono.defer(
            () ->
                orphan
                    .log()
                    .events()
                    .doOnNext(run::see)
                    .collect(RetoldEvents::new, RetoldEvents::isKnown))
        .retryWhen(Retry.backoff(READ_AGAIN, FIRST_PAUSE).transientErrors(true));
  }

  /** Without what is kept nobody can tell which of its events are new. */
  private static Flux<RunEvent> unreadable(LiveRun run, Throwable error) {
    Throwable cause = Exceptions.isRetryExhausted(error) ? error.getCause() : error;
    String reason = "the run was left in its middle, and what is kept of it cannot be read: ";
    RunFailure failure = new RunFailure(Kind.INTERRUPTED, "webapp", reason + cause);
    return Flux.fromIterable(run.results().entrySet())
        .filter(node -> !node.getValue().last().isTerminal())
        .map(node -> new RunEvent.Failed(node.getKey(), failure));
  }

  /** Empty when it is not known. */
  public Mono<RunView> find(RunId id) {
    return Mono.defer(
        () -> {
          LiveRun run = live.get(id);
          return run == null ? archive.find(id) : Mono.just(run);
        });
  }

  public Mono<RunArchive.Page> list(RunArchive.Filter filter, int offset, int limit) {
    return archive.list(filter, offset, limit);
  }

  /** The newest run of each node, without those that had none. */
  public Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
    return archive.lastRuns(nodes);
  }

  /** Asks all agents to stop, wherever the run goes on; how each has ended is in its log. */
  public Mono<Void> cancel(RunId id, Caller by) {
    return archive
        .cancel(id, by)
        .doFirst(
            () -> {
              LiveRun run = live.get(id);
              if (run != null) {
                run.cancel(by);
              }
            });
  }

  private void cancelHere(RunView cancelled) {
    LiveRun run = live.get(cancelled.record().id());
    if (run != null) {
      cancelled.cancelledBy().ifPresent(run::cancel);
    }
  }

  /** How those stand that go on here. */
  public Stream<Counts> standing() {
    return live.values().stream().map(LiveRun::counts);
  }

  private static void defect(Throwable error) {
    log.error("the archive of runs has a defect", error);
  }

  /** Runs go on at the relay; who begins this program again finds them. */
  @Override
  public void close() {
    background.dispose();
  }
}
