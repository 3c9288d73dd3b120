package io.remoterun.cli.console;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a person does while the program works: Ctrl-C, the end of the terminal or of the session,
 * and answers. One at a time may be open in a process.
 */
public final class Signals implements AutoCloseable {
  /** Somebody presses Ctrl-C again and again, and the program does not get round to it. */
  private static final int ENOUGH = 4;

  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final BlockingQueue<Sign> signs = new LinkedBlockingQueue<>();

  /** What has come. */
  public sealed interface Sign {}

  /**
   * @param exit what a shell says of a program that this ends
   */
  public record Signal(String name, int exit) implements Sign {}

  /** A line was typed. */
  public record Typed(String line) implements Sign {}

  public static Signals open() {
    Signals signals = new Signals();
    for (String name : NAMES) {
      org.jline.utils.Signals.register(name, () -> signals.signal(name));
    }
    return signals;
  }

  private void signal(String name) {
    int exit =
        switch (name) {
          case "INT" -> 130;
          case "HUP" -> 129;
          default -> 143;
        };
    signs.add(new Signal(name, exit));
    if (signs.size() >= ENOUGH) {
      Runtime.getRuntime().halt(exit);
    }
  }

  /** For whoever reads the terminal. */
  public void typed(String line) {
    signs.add(new Typed(line));
  }

  /** For whoever can do more about it than the one that has taken it. */
  public void again(Signal signal) {
    signs.add(signal);
  }

  /** The next one if there is one. */
  public @Nullable Sign poll() {
    return signs.poll();
  }

  /** Waits for the next one; without an answer for ten minutes nobody is there any more. */
  public Sign take() {
    try {
      Sign sign = signs.poll(10, TimeUnit.MINUTES);
      return sign == null ? new Signal("HUP", 129) : sign;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Signal("TERM", 143);
    }
  }

  @Override
  public void close() {
    NAMES.forEach(org.jline.utils.Signals::registerDefault);
  }
}
