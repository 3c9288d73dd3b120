package io.remoterun.webapp.store;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Slot;
import io.remoterun.protocol.log.WindowLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.Results;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A run that goes on here, until all of it is in the database. Thread-safe. */
final class OpenRun implements RunView {
  private static final int MOST_AT_ONCE = 8192;

  private final RunRecord record;
  private final Results results;
  private final WindowLog log;
  private final InstantSource clock;
  private volatile @Nullable Instant ended;
  private volatile @Nullable Caller cancelledBy;

  // Only touched by the writer.
  private final ChunkShares shares;
  private final Set<NodeId> running = new HashSet<>();
  private boolean isTold;
  private volatile boolean isAbandoned;
  private final Sinks.Empty<Void> over = Sinks.empty();

  OpenRun(
      RunRecord record,
      Results results,
      WindowLog log,
      ChunkShares shares,
      Optional<Caller> cancelledBy,
      InstantSource clock) {
    this.record = record;
    this.results = results;
    this.log = log;
    this.shares = shares;
    this.cancelledBy = cancelledBy.orElse(null);
    this.clock = clock;
    results
        .byNode()
        .forEach(
            (node, result) -> {
              if (result.state() != Tally.State.WAITING) {
                running.add(node);
              }
            });
  }

  /** What is to be written of a run at once. */
  record Batch(
      OpenRun run,
      Optional<ChunkShares.Changes> chunks,
      Map<NodeId, RunEvent> nodes,
      Counts counts,
      Optional<Instant> ended) {
    RunId id() {
      return run.record.id();
    }

    Optional<Instant> began(NodeId node) {
      return run.results.began(node);
    }

    Optional<Instant> ended(NodeId node, RunEvent event) {
      return event.isTerminal() ? run.results.ended(node) : Optional.empty();
    }
  }

  /**
   * What is to be written next, if there is something. It has to be written, because it is told
   * once. Called by one thread at a time.
   */
  Optional<Batch> next() {
    if (isAbandoned) {
      return Optional.empty();
    }
    boolean isClosed = log.isClosed();
    Counts counts = results.counts();
    List<Slot> slots = log.pending(MOST_AT_ONCE);
    if (slots.isEmpty()) {
      if (!isClosed || isTold) {
        return Optional.empty();
      }
      isTold = true;
      return Optional.of(new Batch(this, Optional.empty(), Map.of(), counts, Optional.of(end())));
    }
    Map<NodeId, RunEvent> nodes = new LinkedHashMap<>();
    for (Slot slot : slots) {
      RunEvent event = slot.event();
      if (event.isTerminal() || running.add(event.node())) {
        nodes.put(event.node(), event);
      }
    }
    return Optional.of(
        new Batch(this, Optional.of(shares.add(slots)), nodes, counts, Optional.empty()));
  }

  private Instant end() {
    Instant last = ended;
    return last == null ? clock.instant() : last;
  }

  void stored(Batch batch) {
    batch.chunks().ifPresent(chunks -> log.stored(chunks.last()));
    if (batch.ended().isPresent()) {
      log.release();
      over.tryEmitEmpty();
    }
  }

  /** It is not written any more: what it has to tell is in memory only, within its bound. */
  void abandon() {
    isAbandoned = true;
    log.goOn();
    over.tryEmitEmpty();
  }

  /** Completes when nothing more of it is written. */
  Mono<Void> isOver() {
    return over.asMono();
  }

  boolean isAbandoned() {
    return isAbandoned;
  }

  WindowLog window() {
    return log;
  }

  /** For the one who drives the run. */
  RunLog driven() {
    return new RunLog() {
      @Override
      public void append(RunEvent event) {
        see(event);
        log.append(event);
      }

      @Override
      public Disposable record(Flux<RunEvent> events) {
        return log.record(events.doOnNext(OpenRun.this::see));
      }

      @Override
      public void close() {
        log.close();
      }

      @Override
      public Mono<Void> discard() {
        return log.discard();
      }

      @Override
      public Flux<Entry> read(long sequence) {
        return log.read(sequence);
      }

      @Override
      public boolean isRead() {
        return log.isRead();
      }
    };
  }

  /** Before it is in the log: whoever has read the last event finds that the run has ended. */
  private void see(RunEvent event) {
    results.see(event);
    if (ended == null && results.haveEnded()) {
      ended = clock.instant();
    }
  }

  void cancel(Caller by) {
    if (cancelledBy == null) {
      cancelledBy = by;
    }
  }

  @Override
  public RunRecord record() {
    return record;
  }

  @Override
  public Counts counts() {
    return results.counts();
  }

  @Override
  public Map<NodeId, NodeResult> results() {
    return results.byNode();
  }

  @Override
  public Optional<Instant> ended() {
    return Optional.ofNullable(ended);
  }

  @Override
  public Optional<Caller> cancelledBy() {
    return Optional.ofNullable(cancelledBy);
  }

  @Override
  public RunLog log() {
    return log;
  }
}
