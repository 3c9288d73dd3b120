package io.remoterun.protocol.log;

import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.RunEvent;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * One reader of a log in memory: where it is, and how much it has asked for. Whoever wakes it only
 * counts; its own scheduler carries the events over, on one thread at a time.
 */
final class RunLogReader implements Subscription {
  private final MemoryRunLog log;
  private final Scheduler scheduler;
  private final Subscriber<? super Entry> subscriber;
  private final AtomicLong requested = new AtomicLong();

  /** Starts with one, so that what is appended before {@link #start} waits for it. */
  private final AtomicInteger wakings = new AtomicInteger(1);

  private volatile boolean ended;

  // Only touched by the thread that carries over.
  private long next;
  private final Seen seen = new Seen();

  RunLogReader(
      MemoryRunLog log, Scheduler scheduler, Subscriber<? super Entry> subscriber, long next) {
    this.log = log;
    this.scheduler = scheduler;
    this.subscriber = subscriber;
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
    log.forget(this);
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
      carryOverWhatIsThere();
      handled = wakings.addAndGet(-handled);
    } while (handled != 0);
  }

  private void carryOverWhatIsThere() {
    while (!ended) {
      if (log.hasEndedBefore(next)) {
        cancel();
        subscriber.onComplete();
        return;
      }
      MemoryRunLog.Slot slot = requested.get() > 0 ? log.from(next) : null;
      if (slot == null) {
        return;
      }
      next = slot.sequence() + 1;
      RunEvent event = unseen(slot);
      if (event == null) {
        continue;
      }
      if (requested.get() != Long.MAX_VALUE) {
        requested.decrementAndGet();
      }
      subscriber.onNext(new Entry(slot.sequence(), event));
    }
  }

  /** A gap may have grown over what this reader had read before it was dropped. */
  private @Nullable RunEvent unseen(MemoryRunLog.Slot slot) {
    seen.skipTo(slot.event().node(), slot.before());
    return seen.unseen(slot.event());
  }
}
