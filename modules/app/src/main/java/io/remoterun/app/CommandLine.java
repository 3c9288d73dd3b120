package io.remoterun.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code relay,node relay.yml node.yml --server.port=1} in Spring Boot's words: the roles are
 * profiles, the files are configuration.
 */
final class CommandLine {
  static final Set<String> ROLES = Set.of("webapp", "relay", "node");

  static final String USAGE =
      """
      usage: remote-run demo [--once] [--state DIR]
             remote-run status [SOCKET|CONFIG.yml]
             remote-run ROLE[,ROLE...] [CONFIG.yml...] [--property=value...]

        demo     a webapp, two relays and three nodes on this machine, and one run to watch
                   --once       end after the run, with the agent's exit status
                   --state DIR  keep keys, logs and settings there (otherwise a temporary folder)
        status   how the node on this machine is; exits with 0 if it is fine, 1 if somebody should look
                 at it, 2 if it does not answer
        ROLE     webapp, relay or node; several in one process as a list: relay,node
                   CONFIG.yml   settings; config/ has a commented sample for each role; a relay also
                                takes the main.conf of Rudder's relayd
      """;

  private static final Set<String> ASKS_FOR_HELP = Set.of("help", "-h", "--help");
  private static final Pattern COMMA = Pattern.compile(",");

  /**
   * A setting such as {@code --server.port=8080}, or one of the words that Spring Boot itself has.
   */
  private static final Pattern OPTION = Pattern.compile("--([^=]*[.].*|[^=]+=.*|debug|trace)");

  private CommandLine() {}

  /** Also behind a role or a command: whoever asks must not have started it. */
  static boolean asksForHelp(String[] arguments) {
    return arguments.length == 0 || Stream.of(arguments).anyMatch(ASKS_FOR_HELP::contains);
  }

  /**
   * @throws IllegalArgumentException with words for the person who typed it
   */
  static String[] toSpring(String[] arguments) {
    if (arguments.length > 0 && arguments[0].startsWith("--")) {
      return arguments;
    }
    String roles = arguments.length == 0 ? "" : arguments[0];
    if (!COMMA.splitAsStream(roles).allMatch(ROLES::contains)) {
      throw new IllegalArgumentException(
          roles.isEmpty() ? "no role was named" : "no such command or role: " + roles);
    }
    List<String> files = new ArrayList<>();
    List<String> options = new ArrayList<>();
    for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
      if (argument.startsWith("-")) {
        options.add(option(argument));
      } else {
        files.add(location(argument));
      }
    }
    options.addFirst("--spring.profiles.active=" + roles);
    if (!files.isEmpty()) {
      options.add("--spring.config.additional-location=" + String.join(",", files));
    }
    return options.toArray(String[]::new);
  }

  private static String option(String argument) {
    if (!OPTION.matcher(argument).matches()) {
      throw new IllegalArgumentException(
          "there is no option " + argument + ": settings are like --server.port=8080");
    }
    return argument;
  }

  private static String location(String argument) {
    Path file = Path.of(argument).toAbsolutePath().normalize();
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("cannot read " + argument);
    }
    return "file:" + file;
  }
}
