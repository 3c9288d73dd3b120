package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.LogSource;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Seen;
import io.remoterun.protocol.log.SourceLog;
import io.remoterun.protocol.log.WindowLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.Results;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Runs in the database, which other webapps may share. What a run appends is in memory first, and
 * in the database a moment later: no run waits for it, unless it tells more than the database can
 * write. Each webapp drives its own runs; it says that it lives as long as it does, and takes over
 * those of a webapp that does not say so any more.
 */
public final class JdbcArchive implements RunArchive, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");
  private static final int WINDOWS = 8;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Database database;
  private final Instance instance;
  private final LogBounds bounds;
  private final LogBounds windows;
  private final InstantSource clock;
  private final Scheduler threads =
      Schedulers.fromExecutor(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("run-reader-", 0).factory()));
  private final Map<RunId, OpenRun> open = new ConcurrentHashMap<>();
  private final Map<RunId, LeftRun> left = new ConcurrentHashMap<>();
  private final Queue<UUID> taken = new ConcurrentLinkedQueue<>();
  private final Set<SourceLog> followed = ConcurrentHashMap.newKeySet();
  private final Sinks.Many<RunView> orphans = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.Many<RunView> cancelled = Sinks.many().unicast().onBackpressureBuffer();
  private final RunWriter writer;
  private final Leases leases;
  private final Disposable.Composite background = Disposables.composite();

  private JdbcArchive(
      Database database,
      Instance instance,
      Keeping keeping,
      long mostBytesOfNode,
      Pace pace,
      InstantSource clock) {
    this.database = database;
    this.instance = instance;
    long memory = keeping.memory().toBytes();
    this.bounds = new LogBounds(keeping.output().toBytes(), mostBytesOfNode, LogBudget.unlimited());
    this.windows = new LogBounds(memory / WINDOWS, memory / WINDOWS, new LogBudget(memory));
    this.clock = clock;
    this.leases = new Leases(instance.id(), pace.lease());
    this.writer =
        new RunWriter(database, instance.id(), pace.gather(), this::forget, this::goOnWithoutIt);
  }

  /**
   * Finds what the process before this one has left. Blocks.
   *
   * @param settings its folder is of this webapp alone
   * @param mostBytesOfNode what is kept of one agent's output
   * @throws NoStoreException when another process has the folder
   */
  public static JdbcArchive open(
      Database database, StoreSettings settings, long mostBytesOfNode, InstantSource clock) {
    return open(
        database,
        settings.folder(),
        settings.keep(),
        mostBytesOfNode,
        Pace.usual(settings.lease()),
        clock);
  }

  static JdbcArchive open(
      Database database,
      Path folder,
      Keeping keeping,
      long mostBytesOfNode,
      Pace pace,
      InstantSource clock) {
    Instance instance = Instance.in(folder);
    JdbcArchive archive =
        new JdbcArchive(database, instance, keeping, mostBytesOfNode, pace, clock);
    archive.taken.addAll(
        database.now(
            jdbc -> {
              archive.leases.renew(jdbc);
              return RunRows.open(jdbc, instance.id());
            }));
    archive.takeUp();
    archive.every(pace.lease().dividedBy(3), Mono.defer(archive::live));
    archive.every(pace.look(), Mono.defer(archive::look));
    Retention retention = new Retention(database, keeping, clock);
    archive.every(pace.clean(), retention.clean().then());
    return archive;
  }

  private void every(Duration period, Mono<Void> work) {
    background.add(
        Flux.interval(period)
            .onBackpressureDrop()
            .concatMap(tick -> work.onErrorResume(JdbcArchive::later), 1)
            .subscribe());
  }

  private static Mono<Void> later(Throwable error) {
    if (error instanceof StoreUnavailable) {
      LOG.debug("{}", error.getMessage());
    } else {
      LOG.error("the archive of runs has a defect", error);
    }
    return Mono.empty();
  }

  // ---- runs of this webapp

  @Override
  public Mono<RunId> keep(RunRecord run, List<NodeId> nodes, Optional<String> key) {
    Mono<RunId> kept =
        database
            .run(jdbc -> RunRows.insert(jdbc, run, nodes, key, instance.id()))
            .then(Mono.empty());
    return key.isEmpty()
        ? kept
        : ofKey(run.by(), key.get())
            .switchIfEmpty(kept)
            // Of two at once the second finds the first when it cannot be kept.
            .onErrorResume(DuplicateKeyException.class, twice -> ofKey(run.by(), key.get()));
  }

  @Override
  public Mono<RunId> ofKey(Caller by, String key) {
    return database.call(jdbc -> RunRows.ofKey(jdbc, by.name(), key).orElse(null));
  }

  @Override
  public RunLog log(RunRecord run, List<NodeId> nodes) {
    LeftRun before = left.remove(run.id());
    Results results =
        before == null ? new Results(nodes, clock) : new Results(before.results(), clock);
    OpenRunStore store = new OpenRunStore(run.id());
    WindowLog log =
        before == null
            ? new WindowLog(store, windows, 0, new Seen(), threads)
            : new WindowLog(store, windows, before.last(), before.seen(), threads);
    ChunkShares shares = before == null ? new ChunkShares(bounds) : before.shares();
    Optional<Caller> by = before == null ? Optional.empty() : before.cancelledBy();
    OpenRun opened = new OpenRun(run, results, log, shares, by, clock);
    store.run = opened;
    open.put(run.id(), opened);
    return opened.driven();
  }

  /** The rows of one run that goes on here. */
  private final class OpenRunStore implements WindowLog.Store {
    private final RunId id;
    private @Nullable OpenRun run;

    OpenRunStore(RunId id) {
      this.id = id;
    }

    @Override
    public LogSource reader() {
      return new ChunkReader(database, id.value());
    }

    @Override
    public void isBehind() {
      writer.isBehind(Objects.requireNonNull(run));
    }

    @Override
    public boolean isUsable() {
      return writer.isUsable() && !Objects.requireNonNull(run).isAbandoned();
    }

    @Override
    public Mono<Void> discard() {
      return database.run(
          jdbc -> jdbc.sql("delete from run where id = ?").param(id.value()).update());
    }
  }

  /** Of how many runs there is something that the database does not have yet. */
  public int backlog() {
    return writer.backlog();
  }

  /** Whether the database took what it was given last. */
  public boolean isUsable() {
    return writer.isUsable();
  }

  /** How much output was not kept, because of a bound, since the start. */
  public long droppedBytes() {
    return bounds.budget().dropped() + windows.budget().dropped();
  }

  /** Whether something of it may be in memory only. */
  boolean isOpen(RunId id) {
    return open.containsKey(id);
  }

  private void forget(OpenRun run) {
    open.remove(run.record().id());
  }

  private void goOnWithoutIt() {
    open.values().forEach(run -> run.window().goOn());
  }

  @Override
  public Mono<Void> cancel(RunId id, Caller by) {
    return database.run(
        jdbc -> {
          OpenRun run = open.get(id);
          if (run != null) {
            run.cancel(by);
          }
          RunRows.cancel(jdbc, id, by);
        });
  }

  // ---- runs of any webapp

  @Override
  public Mono<RunView> find(RunId id) {
    OpenRun here = open.get(id);
    return here != null ? Mono.just(here) : database.call(jdbc -> read(jdbc, id).orElse(null));
  }

  private Optional<RunView> read(JdbcClient jdbc, RunId id) {
    return RunRows.find(jdbc, id.value())
        .map(
            row ->
                new KeptRun(
                    row.summary(), row.cancelledBy(), RunRows.nodes(jdbc, id.value()), log(id)));
  }

  /** Of a run that goes on elsewhere, those who read it are woken from time to time. */
  private RunLog log(RunId id) {
    SourceLog[] log = new SourceLog[1];
    log[0] =
        new SourceLog(
            () -> {
              followed.add(log[0]);
              return new ChunkReader(database, id.value());
            },
            threads);
    return log[0];
  }

  @Override
  public Mono<Page> list(Filter filter, int offset, int limit) {
    return endsAreStored().then(page(filter, offset, limit));
  }

  /** A list is made by the database: it should say that a run has ended if its log does. */
  private Mono<Void> endsAreStored() {
    return Flux.fromIterable(open.values())
        .filter(run -> run.ended().isPresent())
        .flatMap(OpenRun::isOver)
        .then()
        .timeout(SOON, Mono.empty());
  }

  private Mono<Page> page(Filter filter, int offset, int limit) {
    return database.call(
        jdbc ->
            new Page(
                RunRows.list(jdbc, filter, offset, limit).stream()
                    .map(RunRows.Row::summary)
                    .map(this::asItIsHere)
                    .toList(),
                RunRows.count(jdbc, filter)));
  }

  @Override
  public Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
    return database.call(jdbc -> asTheyAreHere(LastRunRows.of(jdbc, nodes)));
  }

  private Map<NodeId, LastRun> asTheyAreHere(Map<NodeId, LastRun> stored) {
    Map<RunId, Map<NodeId, NodeResult>> here = new HashMap<>();
    stored.replaceAll(
        (node, last) -> {
          NodeResult result = here.computeIfAbsent(last.run(), this::resultsHere).get(node);
          return result == null ? last : new LastRun(last.run(), last.asked(), result);
        });
    return stored;
  }

  private Map<NodeId, NodeResult> resultsHere(RunId id) {
    OpenRun run = open.get(id);
    return run == null ? Map.of() : run.results();
  }

  private Summary asItIsHere(Summary summary) {
    OpenRun here = open.get(summary.record().id());
    return here == null ? summary : here.summary();
  }

  // ---- in the background

  @Override
  public Flux<RunView> cancelled() {
    return cancelled.asFlux();
  }

  @Override
  public Flux<RunView> orphans() {
    return orphans.asFlux();
  }

  private Mono<Void> live() {
    return database
        .call(
            jdbc -> {
              leases.renew(jdbc);
              return leases.takeOver(jdbc);
            })
        .doOnNext(taken::addAll)
        .then(Mono.<Void>fromRunnable(this::takeUp).subscribeOn(threads));
  }

  /** What cannot be read now is tried again with the next sign of life. Blocks. */
  private void takeUp() {
    taken.removeIf(
        id -> {
          try {
            leave(id);
            return true;
          } catch (RuntimeException e) {
            LOG.error("run {} cannot be taken up yet: {}", new RunId(id), e.toString());
            return false;
          }
        });
  }

  private void leave(UUID id) {
    LeftRun run = LeftRun.read(database, id, bounds, threads);
    left.put(run.record().id(), run);
    orphans.emitNext(run, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  private Mono<Void> look() {
    followed.removeIf(log -> !log.isRead());
    followed.forEach(SourceLog::wake);
    return open.isEmpty()
        ? Mono.empty()
        : database
            .call(jdbc -> RunRows.cancelled(jdbc, instance.id()))
            .doOnNext(all -> all.forEach(this::cancelHere))
            .then();
  }

  private void cancelHere(UUID id, Caller by) {
    OpenRun run = open.get(new RunId(id));
    if (run != null && run.cancelledBy().isEmpty()) {
      run.cancel(by);
      cancelled.emitNext(run, Sinks.EmitFailureHandler.FAIL_FAST);
    }
  }

  /** Writes what is there. Runs that go on are taken up by the next process, or another webapp. */
  @Override
  public void close() throws IOException {
    background.dispose();
    writer.close();
    try {
      database.now(
          jdbc -> {
            leases.giveUp(jdbc);
            return Map.of();
          });
    } catch (StoreUnavailable e) {
      LOG.warn("{}", e.getMessage());
    }
    instance.close();
  }
}
