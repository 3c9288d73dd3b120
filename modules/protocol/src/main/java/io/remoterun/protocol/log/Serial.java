package io.remoterun.protocol.log;

import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;

/** Work that runs again when it is woken, on one thread at a time. Thread-safe. */
final class Serial {
  private final Scheduler scheduler;
  private final Runnable work;
  private final AtomicInteger wakings = new AtomicInteger();

  Serial(Scheduler scheduler, Runnable work) {
    this.scheduler = scheduler;
    this.work = work;
  }

  /** What was done before this is seen by the work. */
  void wake() {
    if (wakings.getAndIncrement() == 0) {
      scheduler.schedule(this::run);
    }
  }

  private void run() {
    int handled = wakings.get();
    do {
      work.run();
      handled = wakings.addAndGet(-handled);
    } while (handled != 0);
  }
}
