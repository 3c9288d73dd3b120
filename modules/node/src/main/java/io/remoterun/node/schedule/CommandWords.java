package io.remoterun.node.schedule;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The words of a command: what is between white space. There is no shell; a command that looks as
 * if it was meant for one is refused, because it would do something else than its author thinks.
 */
final class CommandWords {
  private static final Pattern FOR_A_SHELL = Pattern.compile("[\"'\\\\$`|&;<>\\p{Cntrl}&&[^\\s]]");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private CommandWords() {}

  /**
   * @throws IllegalArgumentException when it cannot be run as it is
   */
  static List<String> of(String command) {
    if (FOR_A_SHELL.matcher(command).find()) {
      throw new IllegalArgumentException(
          "command has a character for a shell (quotes, \\ $ ` | & ; < >), and there is none:"
              + " words are split at white space; put the rest into a script");
    }
    List<String> words = SPACE.splitAsStream(command.strip()).filter(w -> !w.isEmpty()).toList();
    if (words.isEmpty() || !words.getFirst().startsWith("/")) {
      throw new IllegalArgumentException(
          "command must begin with the whole path of a program, such as /opt/rudder/bin/rudder");
    }
    return words;
  }
}
