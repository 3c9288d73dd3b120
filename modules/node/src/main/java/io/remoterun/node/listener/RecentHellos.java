package io.remoterun.node.listener;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many TLS hellos each address has sent lately: each costs the node a signature, some
 * milliseconds, also when nothing comes of it. Remembers so many, the newest. Not thread-safe.
 */
final class RecentHellos {
  static final int MOST = 1000;

  private final Deque<Came> all = new ArrayDeque<>();
  private final Duration recent;

  /**
   * @param since on the clock of {@link System#nanoTime}
   */
  private record Came(ByteBuffer origin, long since) {}

  RecentHellos(Duration recent) {
    this.recent = recent;
  }

  void add(ByteBuffer origin, long now) {
    if (all.size() == MOST) {
      all.removeFirst();
    }
    all.addLast(new Came(origin, now));
  }

  int of(ByteBuffer origin, long now) {
    while (!all.isEmpty() && now - all.getFirst().since >= recent.toNanos()) {
      all.removeFirst();
    }
    return (int) all.stream().filter(came -> came.origin.equals(origin)).count();
  }
}
