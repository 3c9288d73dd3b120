package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A log whose newest events are in a window in memory, and all of them in some store. Somebody
 * takes what is not yet stored ({@link #pending}), together with that of other logs if that is
 * cheaper, and says when it is ({@link #stored}). Readers that keep up read the window, others the
 * store; none of them notices where it reads.
 *
 * <p>Appending never waits for the store, and what the window cannot keep meanwhile is dropped;
 * {@link #record} holds its source back before that, as long as the store gets on.
 *
 * <p>Thread-safe, where only one thread at a time takes and stores.
 */
public final class WindowLog implements RunLog {
  /** Numbers, in bits, that are left out for what readers had seen, and what was then lost. */
  private static final int NUMBERS_LOST = 32;

  private final Store store;
  private final Scheduler scheduler;
  private final long mostPending;
  private final MemoryRunLog window;
  private final Readers readers = new Readers();
  private final AtomicLong appendedBytes = new AtomicLong();
  private final AtomicLong takenBytes = new AtomicLong();
  private volatile @Nullable HeldSource source;
  private volatile long storedTo;

  // Only touched by the one who stores.
  private final Seen seen;
  private long next;

  /** Where the events are kept. */
  public interface Store {
    /** For one reader: what was stored. Its end is that of what is stored now. */
    LogSource reader();

    /** Something was appended, or the log was closed. Returns at once. */
    void isBehind();

    /** Whether it gets on, so that it is worth waiting for. */
    boolean isUsable();

    /** Deletes what is stored. */
    Mono<Void> discard();
  }

  /**
   * @param memory of the window; what is recorded is held back when a quarter of it is not stored
   * @param last the highest number that is stored, 0 if there is none. What is appended to a log
   *     that has been there gets higher numbers than any that its readers may have seen
   * @param seen what of each node's output is before that
   * @param scheduler runs the readers, and what the store blocks
   */
  public WindowLog(Store store, LogBounds memory, long last, Seen seen, Scheduler scheduler) {
    this.store = store;
    this.scheduler = scheduler;
    this.mostPending = memory.run() / 4;
    this.seen = seen.copy();
    long before = last == 0 ? 0 : ((last >> NUMBERS_LOST) + 1) << NUMBERS_LOST;
    this.window = MemoryRunLog.window(memory, scheduler, before, seen.copy());
    this.next = before + 1;
    this.storedTo = last;
  }

  @Override
  public void append(RunEvent event) {
    appendedBytes.addAndGet(KeptOutput.costOf(event));
    window.append(event);
    readers.wake();
    store.isBehind();
  }

  @Override
  public void close() {
    window.close();
    readers.wake();
    store.isBehind();
  }

  @Override
  public Mono<Void> discard() {
    window.discard();
    Mono<Void> discarded = store.discard().doFinally(end -> readers.wake()).cache();
    discarded.subscribe(nothing -> {}, error -> {});
    return discarded;
  }

  /** Holds the source back while the store is slower, but for no reader. */
  @Override
  public Disposable record(Flux<RunEvent> events) {
    HeldSource held = new HeldSource(this, this::isHeld, scheduler);
    source = held;
    events.subscribe(held);
    return held;
  }

  private boolean isHeld() {
    return pendingBytes() > mostPending && store.isUsable();
  }

  /** About how much is not yet taken. */
  private long pendingBytes() {
    return appendedBytes.get() - takenBytes.get();
  }

  @Override
  public Flux<Entry> read(long sequence) {
    return readers.read(Source::new, scheduler, sequence);
  }

  @Override
  public boolean isRead() {
    return readers.size() > 0;
  }

  /** Whether nothing more comes; what has come may still be pending. */
  public boolean isClosed() {
    return window.isClosed();
  }

  /**
   * The first events that were not taken before: they are taken now, and told once.
   *
   * @param most how many
   */
  public List<Slot> pending(int most) {
    long appended = appendedBytes.get();
    List<Slot> slots = window.from(next, most);
    if (slots.isEmpty()) {
      takenBytes.set(appended);
      return slots;
    }
    next = slots.getLast().sequence() + 1;
    slots.forEach(slot -> takenBytes.addAndGet(KeptOutput.costOf(slot.event())));
    return unseen(slots);
  }

  /** A gap in the window may cover what was taken. */
  private List<Slot> unseen(List<Slot> slots) {
    List<Slot> unseen = new ArrayList<>();
    for (Slot slot : slots) {
      long before = seen.of(slot.event().node());
      @Nullable RunEvent event = seen.unseen(slot.event());
      if (event != null) {
        unseen.add(new Slot(slot.sequence(), event, before));
      }
    }
    return unseen;
  }

  /** What was taken is stored up to that number. */
  public void stored(long sequence) {
    window.writtenTo(sequence);
    storedTo = sequence;
    goOn();
  }

  /** All is stored, and nothing more comes: the window is given free. */
  public void release() {
    window.release();
    readers.wake();
  }

  /** To be called when the store has become usable, or is no more. */
  public void goOn() {
    HeldSource held = source;
    if (held != null) {
      held.goOn();
    }
  }

  private final class Source implements LogSource {
    private final LogSource stored = store.reader();

    @Override
    public List<Slot> from(long sequence, int most) throws IOException {
      Optional<List<Slot>> kept = window.fromUnlessReleased(sequence, most);
      if (kept.isPresent()) {
        return kept.get();
      }
      List<Slot> slots = stored.from(sequence, most);
      return slots.isEmpty() ? window.from(sequence, most) : slots;
    }

    @Override
    public boolean hasEndedBefore(long sequence) throws IOException {
      return window.hasEndedBefore(sequence) && sequence > storedTo;
    }
  }
}
