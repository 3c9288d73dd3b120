package io.remoterun.cli.console;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How wide a terminal is. Java cannot tell; the system's own program can. */
final class Columns {
  private static final int USUAL = 80;
  private static final Pattern SIZE = Pattern.compile("[0-9]+ ([1-9][0-9]{0,3})\n");

  private Columns() {}

  static int ofTerminal(Map<String, String> environment) {
    String told = environment.getOrDefault("COLUMNS", "");
    if (told.matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(told);
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Matcher size = SIZE.matcher(new String(stty.getInputStream().readAllBytes(), US_ASCII));
      return size.matches() ? Integer.parseInt(size.group(1)) : USUAL;
    } catch (IOException e) {
      return USUAL;
    }
  }
}
