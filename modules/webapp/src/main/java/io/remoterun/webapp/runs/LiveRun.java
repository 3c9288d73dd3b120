package io.remoterun.webapp.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** A run that goes on in this process, whether or not somebody looks. Thread-safe. */
final class LiveRun implements RunView {
  private final RunRecord record;
  private final RunLog log;
  private final Results results;
  private final InstantSource clock;
  private final Cancellation cancellation = new Cancellation();
  private final AtomicReference<@Nullable Caller> cancelledBy = new AtomicReference<>();
  private final Disposable.Swap recording = Disposables.swap();
  private volatile @Nullable Instant ended;

  LiveRun(RunRecord record, RunLog log, Results results, InstantSource clock) {
    this.record = record;
    this.log = log;
    this.results = results;
    this.clock = clock;
  }

  /** Before it is in the log: whoever has read the last event finds that the run has ended. */
  void see(RunEvent event) {
    results.see(event);
    if (ended == null && results.haveEnded()) {
      ended = clock.instant();
    }
  }

  /** To be called once. */
  void record(Flux<RunEvent> events) {
    recording.update(log.record(events.doOnNext(this::see)));
  }

  /** It goes on as another one: whoever reads this one looks for the rest there. */
  void leave() {
    recording.dispose();
    log.close();
  }

  void cancel(Caller by) {
    cancelledBy.compareAndSet(null, by);
    cancellation.ask();
  }

  Cancellation cancellation() {
    return cancellation;
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
    return Optional.ofNullable(cancelledBy.get());
  }

  @Override
  public RunLog log() {
    return log;
  }
}
