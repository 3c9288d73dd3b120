package io.remoterun.protocol.log;

import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * One reader of a log: where it is, and how much it has asked for. Whoever wakes it only counts;
 * its own scheduler carries the events over, on one thread at a time.
 */
final class RunLogReader implements Subscription {
  private static final int MOST_AT_ONCE = 64;

  private final LogSource source;
  private final Readers readers;
  private final Scheduler scheduler;
  private final Subscriber<? super Entry> subscriber;
  private final AtomicLong requested = new AtomicLong();

  /** Starts with one, so that what is appended before {@link #start} waits for it. */
  private final AtomicInteger wakings = new AtomicInteger(1);

  private volatile boolean ended;

  // Only touched by the thread that carries over.
  private final boolean fromTheFirst;
  private final Seen seen = new Seen();
  private final ArrayDeque<Entry> taken = new ArrayDeque<>();
  private long next;

  RunLogReader(
      LogSource source,
      Readers readers,
      Scheduler scheduler,
      Subscriber<? super Entry> subscriber,
      long next) {
    this.source = source;
    this.readers = readers;
    this.scheduler = scheduler;
    this.subscriber = subscriber;
    this.fromTheFirst = next <= 1;
    this.next = next;
  }

  @Override
  public void request(long n) {
    if (Operators.validate(n)) {
      requested.accumulateAndGet(n, Operators::addCap);
      wake();
    }
  }

  @Override
  public void cancel() {
    ended = true;
    readers.forget(this);
  }

  /** To be called once, when the subscriber has its subscription. */
  void start() {
    scheduler.schedule(this::carryOver);
  }

  void wake() {
    if (wakings.getAndIncrement() == 0) {
      scheduler.schedule(this::carryOver);
    }
  }

  private void carryOver() {
    int handled = wakings.get();
    do {
      try {
        carryOverWhatIsThere();
      } catch (IOException e) {
        cancel();
        subscriber.onError(e);
      }
      handled = wakings.addAndGet(-handled);
    } while (handled != 0);
  }

  private void carryOverWhatIsThere() throws IOException {
    while (!ended) {
      @Nullable Entry entry = requested.get() > 0 ? nextEntry() : null;
      if (entry != null) {
        if (requested.get() != Long.MAX_VALUE) {
          requested.decrementAndGet();
        }
        subscriber.onNext(entry);
      } else {
        endIfThatIsAll();
        return;
      }
    }
  }

  private void endIfThatIsAll() throws IOException {
    if (taken.isEmpty() && source.hasEndedBefore(next)) {
      cancel();
      subscriber.onComplete();
    }
  }

  private @Nullable Entry nextEntry() throws IOException {
    while (taken.isEmpty()) {
      List<Slot> slots = source.from(next, (int) Math.min(requested.get(), MOST_AT_ONCE));
      if (slots.isEmpty()) {
        return null;
      }
      slots.forEach(this::take);
      next = slots.getLast().sequence() + 1;
    }
    return taken.poll();
  }

  /**
   * A gap may have grown over what this reader had read before it was dropped. And what was there
   * may be lost, such as a file: then it is a gap, of the number before, which is no event's.
   */
  private void take(Slot slot) {
    NodeId node = slot.event().node();
    if (!fromTheFirst && !seen.knows(node)) {
      seen.skipTo(node, slot.before());
    }
    long lost = slot.before() - seen.of(node);
    if (lost > 0 && !(slot.event() instanceof RunEvent.Gap)) {
      RunEvent gap = new RunEvent.Gap(node, seen.of(node), lost);
      taken.add(new Entry(slot.sequence() - 1, gap));
      seen.skipTo(node, slot.before());
    }
    @Nullable RunEvent event = seen.unseen(slot.event());
    if (event != null) {
      taken.add(new Entry(slot.sequence(), event));
    }
  }
}
