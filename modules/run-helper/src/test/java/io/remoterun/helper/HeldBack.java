package io.remoterun.helper;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A process whose end nobody hears of while this is open: who traces a process is told of it before
 * its parent is, and this tracer does not listen.
 */
final class HeldBack implements AutoCloseable {
  private static final long PTRACE_SEIZE = 0x4206;
  private static final LibC PTRACE =
      LibC.function("ptrace", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

  private final CompletableFuture<Void> traced = new CompletableFuture<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private final Thread tracer;

  private HeldBack(int pid) {
    // The kernel lets the process go when the thread that traces it ends.
    tracer = Thread.ofPlatform().start(() -> trace(pid));
  }

  static HeldBack of(int pid) {
    HeldBack made = new HeldBack(pid);
    made.traced.join();
    return made;
  }

  private void trace(int pid) {
    try {
      PTRACE.call(PTRACE_SEIZE, pid, 0L, 0L);
      traced.complete(null);
      enough.await();
    } catch (IOException | InterruptedException e) {
      traced.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    enough.countDown();
    try {
      tracer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
