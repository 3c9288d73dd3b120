package io.remoterun.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that may be left behind since this was made. Not for two at once. */
final class Leaks implements AutoCloseable {
  private final List<Watch> settling = List.of(new ChildProcesses(), new OpenFiles());
  private final List<Watch> certain = new ArrayList<>(List.of(new UncaughtExceptions()));

  Leaks() {
    // The command line has neither: there is nothing that they could lose.
    if (isThere("io.netty.buffer.ByteBuf")) {
      certain.add(new NettyBuffers());
    }
    if (isThere("reactor.core.publisher.Hooks")) {
      certain.add(new DroppedErrors());
    }
  }

  private static boolean isThere(String className) {
    return Leaks.class.getResource("/" + className.replace('.', '/') + ".class") != null;
  }

  /** What is left; what goes away by itself has until the deadline to do it. */
  List<String> found(Duration deadline) {
    // Whether things settled in time or not, what counts is what the last look sees.
    var _ = Eventually.holds(deadline, () -> left(settling).isEmpty());
    List<String> left = left(settling);
    left.addAll(left(certain));
    return left;
  }

  private static List<String> left(List<Watch> watches) {
    List<String> left = new ArrayList<>();
    watches.forEach(watch -> left.addAll(watch.left()));
    return left;
  }

  @Override
  public void close() {
    settling.forEach(Watch::end);
    certain.forEach(Watch::end);
  }
}
