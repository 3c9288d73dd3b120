package io.remoterun.cli.console;

import java.util.function.Supplier;

/**
 * A line at the bottom of a terminal that is written anew; nothing where there is none. What else
 * is printed has to hide it first. Not thread-safe.
 */
public final class Progress {
  private static final long NANOS_BETWEEN = 200_000_000;

  private final Words words;
  private final boolean isOn;
  private boolean isShown;
  private long last;
  private String text = "";

  /**
   * On only where both output and problems are the terminal: it would be in the middle of a file.
   */
  public Progress(Shell shell, boolean isWanted) {
    this.words = shell.problems();
    this.isOn = isWanted && shell.terminal().out() && shell.terminal().problems();
  }

  /** Shows how it stands, at most five times a second. */
  public void show(Supplier<String> line) {
    long now = System.nanoTime();
    if (!isOn || now - last < NANOS_BETWEEN) {
      return;
    }
    last = now;
    String next = line.get();
    if (!isShown || !next.equals(text)) {
      words.write("\r\033[K" + next);
      text = next;
      isShown = true;
    }
  }

  public void hide() {
    if (isShown) {
      words.write("\r\033[K");
      isShown = false;
    }
  }
}
