package io.remoterun.app;

import io.remoterun.node.status.NodeStatus;
import io.remoterun.node.status.StatusClient;
import io.remoterun.node.status.StatusText;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/** {@code remote-run status}: how the node on this machine is, on one page. */
final class StatusCommand {
  static final int FINE = 0;
  static final int NOT_FINE = 1;
  static final int NO_ANSWER = 2;

  private static final String KEYS = "/var/rudder/cfengine-community/ppkeys";
  private static final String NAME = "status.sock";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private StatusCommand() {}

  /**
   * @param arguments nothing, a socket, or a node's configuration file
   * @param colour whether what is printed is for a terminal that shows colours
   * @return for the shell: {@value #FINE}, {@value #NOT_FINE} when somebody should look at the
   *     node, {@value #NO_ANSWER} when there is nobody to ask
   */
  static int run(List<String> arguments, boolean colour, PrintStream out, PrintStream problems) {
    Path socket = Path.of(KEYS, NAME);
    try {
      if (!arguments.isEmpty()) {
        socket = socket(Path.of(arguments.getFirst()));
      }
      NodeStatus status = StatusClient.get(socket, PATIENCE);
      out.print(StatusText.of(status, colour));
      return status.worries().isEmpty() ? FINE : NOT_FINE;
    } catch (IOException | RuntimeException e) {
      problems.println(
          "remote-run: no status from "
              + socket
              + ": "
              + e.getMessage()
              + " (does the node run, and are you its user or root?)");
      return NO_ANSWER;
    }
  }

  /**
   * Of a terminal, unless its user says otherwise (no-color.org). Where there is none Java 25 has
   * no console, as before Java 22.
   */
  @SuppressWarnings("SystemConsoleNull")
  static boolean showsColours() {
    String refused = System.getenv("NO_COLOR");
    Console console = System.console();
    return (refused == null || refused.isEmpty())
        && console != null
        && console.isTerminal()
        && !"dumb".equals(System.getenv("TERM"));
  }

  private static Path socket(Path argument) throws IOException {
    return Files.isRegularFile(argument) ? configured(argument) : argument;
  }

  private static Path configured(Path file) throws IOException {
    StandardEnvironment settings = new StandardEnvironment();
    new YamlPropertySourceLoader()
        .load("status", new FileSystemResource(file))
        .forEach(settings.getPropertySources()::addLast);
    ConfigurationPropertySources.attach(settings);
    Binder binder = Binder.get(settings);
    Optional<Path> socket = path(binder, "remote-run.node.status-socket");
    return socket.orElseGet(
        () -> path(binder, "remote-run.node.keys").orElse(Path.of(KEYS)).resolve(NAME));
  }

  private static Optional<Path> path(Binder binder, String key) {
    return Optional.ofNullable(binder.bind(key, Path.class).orElse(null));
  }
}
