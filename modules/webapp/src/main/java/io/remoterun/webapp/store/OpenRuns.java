package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.LogSource;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Seen;
import io.remoterun.protocol.log.WindowLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.Results;
import io.remoterun.webapp.runs.RunRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The runs that go on in this webapp, each until all of it is in the database. Thread-safe. */
final class OpenRuns {
  private static final int WINDOWS = 8;

  private final Database database;
  private final RunWriter writer;
  private final LogBounds bounds;
  private final LogBounds windows;
  private final Scheduler threads;
  private final InstantSource clock;
  private final Map<RunId, OpenRun> runs = new ConcurrentHashMap<>();

  /**
   * @param owner this webapp
   * @param gather for how long what is to be written comes together
   * @param bounds of what is kept of a run
   * @param memory bytes that all together may have in memory, until they are written
   * @param threads run the readers
   */
  OpenRuns(
      Database database,
      UUID owner,
      Duration gather,
      LogBounds bounds,
      long memory,
      Scheduler threads,
      InstantSource clock) {
    this.database = database;
    this.bounds = bounds;
    this.windows = new LogBounds(memory / WINDOWS, memory / WINDOWS, new LogBudget(memory));
    this.threads = threads;
    this.clock = clock;
    this.writer = new RunWriter(database, owner, gather, this::forget, this::goOnWithoutIt);
  }

  @Nullable OpenRun find(RunId id) {
    return runs.get(id);
  }

  /** As they are at any time. */
  Map<RunId, OpenRun> byId() {
    return Collections.unmodifiableMap(runs);
  }

  /**
   * For who drives the run.
   *
   * @param before what another process has left of it
   */
  RunLog begin(RunRecord run, List<NodeId> nodes, Optional<LeftRun> before) {
    Results results =
        before
            .map(left -> new Results(left.results(), clock))
            .orElseGet(() -> new Results(nodes, clock));
    OpenRunStore store = new OpenRunStore(run.id());
    WindowLog log =
        new WindowLog(
            store,
            windows,
            before.map(LeftRun::last).orElse(0L),
            before.map(LeftRun::seen).orElseGet(Seen::new),
            threads);
    ChunkShares shares = before.map(LeftRun::shares).orElseGet(() -> new ChunkShares(bounds));
    Optional<Caller> by = before.flatMap(LeftRun::cancelledBy);
    OpenRun opened = new OpenRun(run, results, log, shares, by, clock);
    store.run = opened;
    runs.put(run.id(), opened);
    return opened.driven();
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  private void forget(OpenRun run) {
    runs.remove(run.record().id(), run);
  }

  /** It comes back from another webapp: nothing more is written of what was driven here before. */
  void letGo(RunId id) {
    OpenRun run = runs.get(id);
    if (run != null) {
      writer.letGo(run);
      forget(run);
    }
  }

  private void goOnWithoutIt() {
    runs.values().forEach(run -> run.window().goOn());
  }

  int backlog() {
    return writer.backlog();
  }

  boolean isUsable() {
    return writer.isUsable();
  }

  long droppedBytes() {
    return bounds.budget().dropped() + windows.budget().dropped();
  }

  /** Writes what is there, and waits for it. */
  void close() {
    writer.close();
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
}
