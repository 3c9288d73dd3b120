package io.remoterun.node.agent;

import io.remoterun.process.AgentEnd;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * An agent that has been started. What blocks may do so in the kernel: for platform threads. To be
 * closed when its output is not read any more, which ends nothing.
 */
public interface LaunchedAgent extends Closeable {
  /** Program and arguments, for people. */
  String command();

  int pid();

  /**
   * What it prints, in order. Blocks. To be called by one thread until the end, in any case.
   *
   * @return how many bytes; -1 at the end of the output
   */
  int read(byte[] buffer) throws IOException;

  /**
   * Blocks until it has ended, and a {@link #stop} that has begun. To be called once.
   *
   * @throws LaunchFailure when that cannot be known any more
   */
  AgentEnd awaitEnd() throws IOException, InterruptedException;

  /**
   * Asks it and its descendants to end, and after that time does not ask. It does nothing when it
   * has ended. Blocks.
   *
   * @return whether nothing is left
   */
  boolean stop(Duration grace);

  /**
   * The node ends: what is this program's child is stopped; what is not goes on, and is lost to
   * {@link #awaitEnd}. Blocks.
   */
  default void endWithNode(Duration grace) {
    var _ = stop(grace);
  }

  /**
   * It has ended, and something that it has left behind still holds its output open. The reader
   * goes on, and may be told that this is the end.
   */
  default void leave() {}
}
