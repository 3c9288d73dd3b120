package io.remoterun.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One child process with its descendants: started, listened to, ended. See {@link Spawn} for what
 * it gets, which is nothing of this process but its user, its limits and its umask; there is no
 * shell. Thread-safe; what blocks does so in the kernel, so call it on platform threads.
 *
 * <p>Until {@link #awaitEnd} returns, the process id belongs to this child, also when that has
 * ended; afterwards nothing is signalled any more, because the id may be somebody else's.
 */
public final class AgentChild implements AutoCloseable {
  private static final int O_CLOEXEC = 0x80000;
  private static final int P_PID = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x1000000;

  /** Until what was killed has disappeared; more only where the kernel holds it. */
  private static final Duration KILLED = Duration.ofSeconds(1);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  private static final LibC PIPE = LibC.function("pipe2", ADDRESS, JAVA_INT);
  private static final LibC CLOSE = LibC.function("close", JAVA_INT);
  private static final LibC WAIT_ID =
      LibC.function("waitid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final LibC WAIT_PID = LibC.function("waitpid", JAVA_INT, ADDRESS, JAVA_INT);
  private static final LibC UMASK = LibC.function("umask", JAVA_INT);

  /** The child leads it: its id is the child's. */
  private final Session session;

  private final FileChannel output;
  private @Nullable AgentEnd end;
  private boolean isSomethingLeft;

  private AgentChild(int pid, FileChannel output) {
    this.session = new Session(pid);
    this.output = output;
  }

  /**
   * From now on nobody but this process's user can read, write or enter what this process and those
   * that it starts create. It is the process's umask, so all roles in it have it.
   */
  public static void keepFilesPrivate() throws IOException {
    UMASK.call(0077);
  }

  /**
   * @param command the program's path and its arguments
   * @param environment all of it
   * @throws IOException which names the program and says what is wrong
   */
  public static AgentChild start(List<String> command, Map<String, String> environment)
      throws IOException {
    return start(command, environment, Spawn.CLOSE_FROM);
  }

  static AgentChild start(
      List<String> command, Map<String, String> environment, Optional<LibC> closeFrom)
      throws IOException {
    String program = command.getFirst();
    try (Arena arena = Arena.ofConfined()) {
      if (!program.startsWith("/")) {
        throw new IOException("it is no absolute path");
      }
      MemorySegment ends = arena.allocate(JAVA_LONG);
      PIPE.call(ends, O_CLOEXEC);
      int read = ends.getAtIndex(JAVA_INT, 0);
      int write = ends.getAtIndex(JAVA_INT, 1);
      try {
        // Java can close a channel under a reader.
        Path pipe = Path.of("/proc/self/fd/" + read);
        FileChannel output = FileChannel.open(pipe, StandardOpenOption.READ);
        try {
          return new AgentChild(Spawn.start(command, environment, write, closeFrom), output);
        } catch (IOException | RuntimeException e) {
          output.close();
          throw e;
        }
      } finally {
        CLOSE.call(read);
        CLOSE.call(write);
      }
    } catch (IOException e) {
      throw new IOException("cannot start " + program + ": " + e.getMessage(), e);
    }
  }

  public int pid() {
    return session.id();
  }

  /** Whether {@link #awaitEnd} has returned. */
  public synchronized boolean hasEnded() {
    return end != null;
  }

  /**
   * Whether a {@link #stop} has seen something go on; known as soon as {@link #awaitEnd} returns.
   */
  public synchronized boolean isSomethingLeft() {
    return isSomethingLeft;
  }

  /** Whether {@link #close} was not called. */
  public boolean isOpen() {
    return output.isOpen();
  }

  /**
   * What the child and its descendants print, in the order in which they print it. Blocks.
   *
   * @return how many bytes; -1 when all of them have closed it, or {@link #close} was called
   */
  public int read(byte[] buffer) throws IOException {
    try {
      return output.read(ByteBuffer.wrap(buffer));
    } catch (ClosedChannelException e) {
      return -1;
    }
  }

  /**
   * Blocks until the child has ended, and a {@link #stop} that has begun. To be called once: only
   * then nothing of the child is left in the kernel.
   */
  public AgentEnd awaitEnd() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment told = arena.allocate(LibC.STRUCT);
      while (true) {
        try {
          WAIT_ID.call(P_PID, pid(), told, WEXITED | WNOWAIT);
          return reap(told);
        } catch (LibC.Failure e) {
          if (e.error != LibC.EINTR) {
            throw e;
          }
        }
      }
    }
  }

  private synchronized AgentEnd reap(MemorySegment status) throws IOException {
    WAIT_PID.call(pid(), status, 0);
    end = AgentEnd.of(status.get(JAVA_INT, 0));
    return end;
  }

  /**
   * Asks the child and its descendants to end, and after that time does not ask. It does nothing
   * when {@link #awaitEnd} has returned. Blocks until nothing is left, at most that time and a
   * second. Descendants that have begun a session of their own are not reached.
   *
   * @return whether nothing is left
   */
  public synchronized boolean stop(Duration grace) {
    isSomethingLeft =
        end == null
            && !endWith(LibC.SIGTERM, 0, grace)
            && !endWith(LibC.SIGKILL, LibC.SIGKILL, KILLED);
    return !isSomethingLeft;
  }

  /**
   * @param again goes to what was missed before
   */
  private boolean endWith(int signal, int again, Duration most) {
    session.signal(signal);
    long from = System.nanoTime();
    while (session.signal(again)) {
      if (System.nanoTime() - from > most.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE);
    }
    return true;
  }

  /** Ends reading: whoever still prints gets an error, or a signal. Nobody is stopped by it. */
  @Override
  public void close() throws IOException {
    output.close();
  }
}
