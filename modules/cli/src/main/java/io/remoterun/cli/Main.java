package io.remoterun.cli;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;

/** The program for people and scripts; {@code ./remote-run} starts it. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // Nothing waits for an orderly end, which would load Java's logging.
    Runtime.getRuntime().halt(run(Shell.ofProcess(), arguments));
  }

  /**
   * Blocks until it is done.
   *
   * @return for the shell; see {@link Exit}
   */
  static int run(Shell shell, String... arguments) {
    return Commands.of(shell).execute(arguments.length == 0 ? new String[] {"help"} : arguments);
  }
}
