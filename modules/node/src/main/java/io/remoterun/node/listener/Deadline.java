package io.remoterun.node.listener;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** At most one thing that happens when nothing else happened in time. Thread-safe. */
final class Deadline {
  private final EventLoop loop;
  private final AtomicReference<@Nullable Future<?>> pending = new AtomicReference<>();

  Deadline(EventLoop loop) {
    this.loop = loop;
  }

  /** Replaces what was pending. */
  void start(Duration time, Runnable action) {
    replace(loop.schedule(action, time.toMillis(), TimeUnit.MILLISECONDS));
  }

  void stop() {
    replace(null);
  }

  private void replace(@Nullable Future<?> next) {
    Future<?> previous = pending.getAndSet(next);
    if (previous != null) {
      previous.cancel(false);
    }
  }
}
