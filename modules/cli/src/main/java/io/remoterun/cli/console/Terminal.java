package io.remoterun.cli.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which ends of the program a person is at.
 *
 * @param in whether a person can be asked
 * @param out whether what is printed is shown on a terminal, and not written elsewhere
 * @param problems the same of what is said beside it
 * @param hasColors whether the person wants colours on the terminal (no-color.org)
 */
public record Terminal(boolean in, boolean out, boolean problems, boolean hasColors) {
  /** Nobody is there. */
  public static final Terminal NONE = new Terminal(false, false, false, false);

  static Terminal ofProcess(Map<String, String> environment) {
    return new Terminal(
        isTerminal(0),
        isTerminal(1),
        isTerminal(2),
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb"));
  }

  /**
   * Linux tells it of each; Java only of input and output together, by a console that is not there,
   * in Java 25 as before Java 22.
   */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal(int descriptor) {
    try {
      String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || isConsole(file);
    } catch (IOException e) {
      return System.console() != null;
    }
  }

  private static boolean isConsole(String file) {
    return file.equals("/dev/console");
  }
}
