package io.remoterun.testing;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A process whose end is held back while this is open: who traces a process is told of it before
 * others are, and this tracer does not listen.
 */
@SuppressWarnings("restricted")
public final class HeldBack implements AutoCloseable {
  private static final long PTRACE_SEIZE = 0x4206;
  private static final long PTRACE_O_TRACEEXIT = 0x40;
  private static final MethodHandle PTRACE =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("ptrace"),
              FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

  private final CompletableFuture<Void> traced = new CompletableFuture<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private final Thread tracer;

  private HeldBack(int pid, long options) {
    // The kernel lets the process go when the thread that traces it ends.
    tracer = Thread.ofPlatform().start(() -> trace(pid, options));
    traced.join();
  }

  /** It ends, and its parent does not hear of it. */
  public static HeldBack fromItsParent(int pid) {
    return new HeldBack(pid, 0);
  }

  /** It does not even end when it is killed, as one that hangs in the kernel. */
  public static HeldBack fromItsEnd(int pid) {
    return new HeldBack(pid, PTRACE_O_TRACEEXIT);
  }

  private void trace(int pid, long options) {
    try {
      if ((long) PTRACE.invokeExact(PTRACE_SEIZE, pid, 0L, options) != 0) {
        throw new IllegalStateException("process " + pid + " cannot be traced");
      }
      traced.complete(null);
      enough.await();
    } catch (Throwable e) {
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
