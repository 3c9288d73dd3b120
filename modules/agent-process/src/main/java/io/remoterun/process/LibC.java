package io.remoterun.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A function of Linux's C library that Java does not have. The constants are the same in glibc and
 * musl, on all 64-bit machines that Java 25 runs on.
 */
@SuppressWarnings("restricted")
record LibC(String name, MethodHandle handle) {
  static final int EINTR = 4;
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  /** More than any structure here has: {@code posix_spawnattr_t}, the longest, has 336 bytes. */
  static final long STRUCT = 512;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option STATE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

  /** What is asked for in vain. */
  static final class Failure extends IOException {
    final int error;

    Failure(String what, int error) {
      super(what + ": " + words(error));
      this.error = error;
    }
  }

  /** One that takes these and returns an int. */
  static LibC function(String name, MemoryLayout... takes) {
    return optional(name, takes)
        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
  }

  static Optional<LibC> optional(String name, MemoryLayout... takes) {
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, takes);
    return LINKER
        .defaultLookup()
        .find(name)
        .map(function -> new LibC(name, LINKER.downcallHandle(function, type, STATE)));
  }

  /** For those that return -1 and set errno when they fail. */
  int call(Object... arguments) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      int result = invoke(state, arguments);
      if (result == -1) {
        throw new Failure(name, (int) ERRNO.get(state, 0L));
      }
      return result;
    }
  }

  /** For those that return the error. */
  void check(Object... arguments) throws Failure {
    int error = call(arguments);
    if (error != 0) {
      throw new Failure(name, error);
    }
  }

  private int invoke(MemorySegment state, Object... arguments) {
    try {
      Object[] all = Stream.concat(Stream.of(state), Stream.of(arguments)).toArray();
      return (int) handle.invokeWithArguments(all);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " cannot be called", e);
    }
  }

  private static String words(int error) {
    FunctionDescriptor type = FunctionDescriptor.of(ADDRESS, JAVA_INT);
    MemorySegment function = LINKER.defaultLookup().findOrThrow("strerror");
    try {
      var text = (MemorySegment) LINKER.downcallHandle(function, type).invokeExact(error);
      return text.reinterpret(STRUCT).getString(0);
    } catch (Throwable e) {
      return "error " + error;
    }
  }
}
