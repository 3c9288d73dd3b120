package io.remoterun.protocol.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes that several logs share, such as all logs of a role: each takes from it as it keeps events,
 * and gives back as it drops them and when it is discarded. A log that gets nothing drops output of
 * its own, never that of another. Thread-safe.
 */
public final class LogBudget {
  private final long mostBytes;
  private final AtomicLong used = new AtomicLong();
  private final LongAdder dropped = new LongAdder();

  public LogBudget(long mostBytes) {
    if (mostBytes < 0) {
      throw new IllegalArgumentException("logs cannot share " + mostBytes + " bytes");
    }
    this.mostBytes = mostBytes;
  }

  /** One that is never exhausted. */
  public static LogBudget unlimited() {
    return new LogBudget(Long.MAX_VALUE);
  }

  public long mostBytes() {
    return mostBytes;
  }

  /** How many bytes are taken; more than there are when what cannot be dropped is more. */
  public long used() {
    return used.get();
  }

  /** Takes note of output that a log has dropped, because of this or another bound. */
  public void hasDropped(long bytesOfOutput) {
    dropped.add(bytesOfOutput);
  }

  /** How many bytes of output all its logs have dropped since the start. */
  public long dropped() {
    return dropped.sum();
  }

  boolean isExceeded() {
    return used.get() > mostBytes;
  }

  /** Whether there were so many left; then they are taken. */
  boolean take(long bytes) {
    if (used.addAndGet(bytes) <= mostBytes) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Takes for what is not output, and is therefore kept in any case. */
  void takeAnyway(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }
}
