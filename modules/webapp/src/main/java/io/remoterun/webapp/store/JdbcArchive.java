package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
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

  private final Database database;
  private final Instance instance;
  private final Scheduler threads =
      Schedulers.fromExecutor(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("run-reader-", 0).factory()));
  private final OpenRuns open;
  private final FollowedLogs followed;
  private final Sinks.Many<RunView> cancelled = Sinks.many().unicast().onBackpressureBuffer();
  private final TakenRuns taken;
  private final RunLists lists;
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
    LogBounds bounds =
        new LogBounds(keeping.output().toBytes(), mostBytesOfNode, LogBudget.unlimited());
    this.open =
        new OpenRuns(
            database,
            instance.id(),
            pace.gather(),
            bounds,
            keeping.memory().toBytes(),
            threads,
            clock);
    this.followed = new FollowedLogs(database, threads);
    this.taken = new TakenRuns(database, instance.id(), pace.lease(), bounds, threads, open::letGo);
    this.lists = new RunLists(database, open.byId());
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
    archive.taken.begin(instance.id());
    archive.every(pace.lease().dividedBy(3), Mono.defer(archive.taken::live));
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
    return open.begin(run, nodes, taken.take(run.id()));
  }

  /** Of how many runs there is something that the database does not have yet. */
  public int backlog() {
    return open.backlog();
  }

  /** Whether the database took what it was given last. */
  public boolean isUsable() {
    return open.isUsable();
  }

  /** How much output was not kept, because of a bound, since the start. */
  public long droppedBytes() {
    return open.droppedBytes();
  }

  /** Whether something of it may be in memory only. */
  boolean isOpen(RunId id) {
    return open.find(id) != null;
  }

  @Override
  public Mono<Void> cancel(RunId id, Caller by) {
    return database.run(
        jdbc -> {
          OpenRun run = open.find(id);
          if (run != null) {
            run.cancel(by);
          }
          RunRows.cancel(jdbc, id, by);
        });
  }

  // ---- runs of any webapp

  @Override
  public Mono<RunView> find(RunId id) {
    OpenRun here = open.find(id);
    return here != null ? Mono.just(here) : database.call(jdbc -> read(jdbc, id).orElse(null));
  }

  private Optional<RunView> read(JdbcClient jdbc, RunId id) {
    return RunRows.find(jdbc, id.value())
        .map(
            row ->
                new KeptRun(
                    row.summary(),
                    row.cancelledBy(),
                    RunRows.nodes(jdbc, id.value()),
                    followed.of(id)));
  }

  @Override
  public Mono<Page> list(Filter filter, int offset, int limit) {
    return lists.page(filter, offset, limit);
  }

  @Override
  public Mono<Map<NodeId, LastRun>> lastRuns(Collection<NodeId> nodes) {
    return lists.lastRuns(nodes);
  }

  // ---- in the background

  @Override
  public Flux<RunView> cancelled() {
    return cancelled.asFlux();
  }

  @Override
  public Flux<RunView> orphans() {
    return taken.orphans();
  }

  private Mono<Void> look() {
    followed.wake();
    return open.isEmpty()
        ? Mono.empty()
        : database
            .call(jdbc -> RunRows.cancelled(jdbc, instance.id()))
            .doOnNext(all -> all.forEach(this::cancelHere))
            .then();
  }

  private void cancelHere(UUID id, Caller by) {
    OpenRun run = open.find(new RunId(id));
    if (run != null && run.cancelledBy().isEmpty()) {
      run.cancel(by);
      cancelled.emitNext(run, Sinks.EmitFailureHandler.FAIL_FAST);
    }
  }

  /** Writes what is there. Runs that go on are taken up by the next process, or another webapp. */
  @Override
  public void close() throws IOException {
    background.dispose();
    open.close();
    taken.giveUp();
    instance.close();
  }
}
