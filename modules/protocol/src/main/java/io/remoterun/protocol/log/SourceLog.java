package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A log that is written elsewhere, for those who read it here. Thread-safe. */
public final class SourceLog implements RunLog {
  private final Supplier<LogSource> sources;
  private final Scheduler scheduler;
  private final Readers readers = new Readers();

  /**
   * @param sources of each reader
   * @param scheduler runs the readers, and what the source blocks
   */
  public SourceLog(Supplier<LogSource> sources, Scheduler scheduler) {
    this.sources = sources;
    this.scheduler = scheduler;
  }

  /** There may be more, or it may have ended. */
  public void wake() {
    readers.wake();
  }

  @Override
  public boolean isRead() {
    return readers.size() > 0;
  }

  @Override
  public Flux<Entry> read(long sequence) {
    return readers.read(sources, scheduler, sequence);
  }

  @Override
  public void append(RunEvent event) {
    throw new IllegalStateException("the log of the run is written elsewhere");
  }

  @Override
  public void close() {
    throw new IllegalStateException("the log of the run is written elsewhere");
  }

  @Override
  public Mono<Void> discard() {
    return Mono.error(new IllegalStateException("the log of the run is written elsewhere"));
  }
}
