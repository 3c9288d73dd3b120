package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.RunView;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Runs that another process has left in their middle, and that are this webapp's now: the process
 * before this one, or a webapp that does not say any more that it lives. Thread-safe, but for
 * {@link #live}, of which there is one at a time.
 */
final class TakenRuns {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");

  private final Database database;
  private final Leases leases;
  private final LogBounds bounds;
  private final Scheduler threads;
  private final Consumer<RunId> letGo;
  private final Queue<UUID> taken = new ConcurrentLinkedQueue<>();
  private final Map<RunId, LeftRun> left = new ConcurrentHashMap<>();
  private final Sinks.Many<RunView> orphans = Sinks.many().unicast().onBackpressureBuffer();

  /**
   * @param letGo is told of a run before it is taken up: if it still goes on here, from before
   *     another webapp had it, nothing more of that is to be written; may block
   */
  TakenRuns(
      Database database,
      UUID me,
      Duration lease,
      LogBounds bounds,
      Scheduler threads,
      Consumer<RunId> letGo) {
    this.letGo = letGo;
    this.database = database;
    this.leases = new Leases(me, lease);
    this.bounds = bounds;
    this.threads = threads;
  }

  /** Says that this webapp lives, and takes up its own runs. Blocks. */
  void begin(UUID me) {
    taken.addAll(
        database.now(
            jdbc -> {
              leases.renew(jdbc);
              return RunRows.open(jdbc, me);
            }));
    takeUp();
  }

  /** Says so again, and takes up those of others that do not. */
  Mono<Void> live() {
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
    letGo.accept(new RunId(id));
    LeftRun run = LeftRun.read(database, id, bounds, threads);
    left.put(run.record().id(), run);
    orphans.emitNext(run, Sinks.EmitFailureHandler.FAIL_FAST);
  }

  /** What is to be gone on with. */
  Flux<RunView> orphans() {
    return orphans.asFlux();
  }

  /** One of them, of which nobody is told twice; empty for a run that begins. */
  Optional<LeftRun> take(RunId id) {
    return Optional.ofNullable(left.remove(id));
  }

  /** This webapp ends: others need not wait. Blocks. */
  void giveUp() {
    try {
      database.now(
          jdbc -> {
            leases.giveUp(jdbc);
            return Map.of();
          });
    } catch (StoreUnavailable e) {
      LOG.warn("{}", e.getMessage());
    }
  }
}
