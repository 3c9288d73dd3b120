package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A log in memory. What its {@link LogBounds} make it drop becomes one gap for each node, at the
 * place of the last output that was dropped.
 *
 * <p>The bounds are in bytes of output, where each event counts {@value #OVERHEAD} more, which is
 * about what it costs: a million empty lines are not for free. From the shared budget the other
 * events, the gaps and the nodes are taken too, because they cost memory; they do not count against
 * the log's own bounds, which are of output.
 *
 * <p>Thread-safe. Readers run on the scheduler that is given, one signal at a time.
 */
public final class MemoryRunLog implements RunLog {
  /** Of an event, in bytes, beside the output itself. */
  static final int OVERHEAD = KeptOutput.OVERHEAD;

  private final Scheduler scheduler;
  private final Readers readers = new Readers();

  private final Object lock = new Object();
  private final KeptOutput kept;
  private final Seen seen;
  private long last;
  private boolean closed;
  private boolean discarded;

  public MemoryRunLog(long mostBytes) {
    this(LogBounds.of(mostBytes), Schedulers.parallel());
  }

  /**
   * @param scheduler runs the readers; has to live longer than the log
   */
  public MemoryRunLog(LogBounds bounds, Scheduler scheduler) {
    this(KeptOutput.of(bounds), scheduler, 0, new Seen());
  }

  private MemoryRunLog(KeptOutput kept, Scheduler scheduler, long last, Seen seen) {
    this.kept = kept;
    this.scheduler = scheduler;
    this.last = last;
    this.seen = seen;
  }

  /**
   * Of a log that is written elsewhere; see {@link KeptOutput#window}.
   *
   * @param last the number before the first that is appended
   * @param seen what of each node's output is before that
   */
  static MemoryRunLog window(LogBounds bounds, Scheduler scheduler, long last, Seen seen) {
    KeptOutput kept = KeptOutput.window(bounds);
    kept.release(last);
    return new MemoryRunLog(kept, scheduler, last, seen);
  }

  @Override
  public void append(RunEvent event) {
    if (event instanceof RunEvent.Heartbeat) {
      return;
    }
    List<RunEvent> pieces = RunEventStream.pieces(event);
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the log of the run is closed");
      }
      pieces.forEach(piece -> add(seen.unseen(piece)));
    }
    readers.wake();
  }

  /** Nothing when it is a gap in what the log has already. */
  private void add(@Nullable RunEvent event) {
    if (event != null) {
      last++;
      long before = seen.of(event.node()) - KeptOutput.bytesOf(event);
      kept.add(new Slot(last, event, before));
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    readers.wake();
  }

  @Override
  public Mono<Void> discard() {
    synchronized (lock) {
      closed = true;
      discarded = true;
      kept.clear();
    }
    readers.wake();
    return Mono.empty();
  }

  @Override
  public Flux<Entry> read(long sequence) {
    return readers.read(Source::new, scheduler, sequence);
  }

  @Override
  public boolean isRead() {
    return readers.size() > 0;
  }

  private final class Source implements LogSource {
    @Override
    public List<Slot> from(long sequence, int most) {
      return MemoryRunLog.this.from(sequence, most);
    }

    @Override
    public boolean hasEndedBefore(long sequence) throws IOException {
      return MemoryRunLog.this.hasEndedBefore(sequence);
    }
  }

  List<Slot> from(long sequence, int most) {
    synchronized (lock) {
      return kept.from(sequence, most);
    }
  }

  boolean hasEndedBefore(long sequence) throws IOException {
    synchronized (lock) {
      if (discarded && sequence <= last) {
        throw new IOException("the log of the run was discarded");
      }
      return closed && kept.from(sequence, 1).isEmpty();
    }
  }

  /** Nothing when some output from that number on is elsewhere only. */
  Optional<List<Slot>> fromUnlessReleased(long sequence, int most) {
    synchronized (lock) {
      return sequence <= kept.releasedTo()
          ? Optional.empty()
          : Optional.of(kept.from(sequence, most));
    }
  }

  void writtenTo(long sequence) {
    synchronized (lock) {
      kept.writtenTo(sequence);
    }
  }

  /** All is written, and nothing more comes. */
  void release() {
    synchronized (lock) {
      kept.release(last);
    }
  }

  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** How many readers are attached and have not ended. */
  int readers() {
    return readers.size();
  }
}
