package io.remoterun.app.demo;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What follows the word {@code demo}.
 *
 * @param once whether to end after the run
 * @param state where everything is kept; empty for a temporary folder
 */
record DemoOptions(boolean once, Optional<Path> state) {

  /**
   * @throws IllegalArgumentException with words for the person who typed it
   */
  static DemoOptions parse(List<String> arguments) {
    boolean once = false;
    Optional<Path> state = Optional.empty();
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String argument = rest.next();
      switch (argument) {
        case "--once" -> once = true;
        case "--state" -> {
          if (!rest.hasNext()) {
            throw new IllegalArgumentException("--state needs a folder");
          }
          state = Optional.of(Path.of(rest.next()).toAbsolutePath().normalize());
        }
        default ->
            throw new IllegalArgumentException(
                "demo does not know " + argument + "; it takes --once and --state DIR");
      }
    }
    return new DemoOptions(once, state);
  }
}
