package io.remoterun.helper;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A process whose end is held back while this is open: who traces a process is told of it before
 * others are, and this tracer does not listen.
 */
final class HeldBack implements AutoCloseable {
  private static final long PTRACE_SEIZE = 0x4206;
  private static final long PTRACE_O_TRACEEXIT = 0x40;
  private static final LibC PTRACE =
      LibC.function("ptrace", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

  private final CompletableFuture<Void> traced = new CompletableFuture<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private final Thread tracer;

  private HeldBack(int pid, long options) {
    // The kernel lets the process go when the thread that traces it ends.
    tracer = Thread.ofPlatform().start(() -> trace(pid, options));
    traced.join();
  }

  /** It ends, and its parent does not hear of it. */
  static HeldBack fromItsParent(int pid) {
    return new HeldBack(pid, 0);
  }

  /** It does not even end when it is killed, as one that hangs in the kernel. */
  static HeldBack fromItsEnd(int pid) {
    return new HeldBack(pid, PTRACE_O_TRACEEXIT);
  }

  private void trace(int pid, long options) {
    try {
      PTRACE.call(PTRACE_SEIZE, pid, 0L, options);
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
