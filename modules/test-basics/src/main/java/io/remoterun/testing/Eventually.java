package io.remoterun.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what nobody announces, such as a process that disappears. Looks every few milliseconds:
 * where there is an event to wait for, wait for that.
 */
public final class Eventually {
  /** Only ever waited for in full by a test that fails. */
  public static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

  private Eventually() {}

  /** Whether the condition came true in time. */
  public static boolean holds(Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(PAUSE);
    }
    return true;
  }

  /**
   * @param otherwise says what is there instead
   * @throws AssertionError when the condition did not come true in {@link #DEADLINE}
   */
  public static void await(
      String condition, BooleanSupplier holds, Supplier<? extends Object> otherwise) {
    if (!holds(DEADLINE, holds)) {
      throw new AssertionError("not in time: " + condition + "; instead: " + otherwise.get());
    }
  }
}
