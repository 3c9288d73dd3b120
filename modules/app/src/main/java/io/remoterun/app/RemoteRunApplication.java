package io.remoterun.app;

import io.remoterun.app.demo.Demo;
import io.remoterun.node.NodeConfiguration;
import io.remoterun.relay.RelayConfiguration;
import io.remoterun.webapp.WebappConfiguration;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Starts the roles named on the command line, or a whole fleet with {@code demo}. A role is a
 * profile: {@code relay,node} is {@code --spring.profiles.active=relay,node}.
 *
 * <p>There is no auto-configuration here: the webapp's configuration asks for it, so that a node
 * stays small.
 */
@Configuration(proxyBeanMethods = false)
@Import({
  RolesAreChosen.class,
  WebappConfiguration.class,
  RelayConfiguration.class,
  NodeConfiguration.class
})
public class RemoteRunApplication {
  private static final int WRONG_USE = 2;

  public static void main(String[] arguments) throws IOException {
    if (CommandLine.asksForHelp(arguments)) {
      System.out.print(CommandLine.USAGE);
      return;
    }
    String word = arguments[0];
    if (word.equals("status")) {
      List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
      System.exit(StatusCommand.run(rest, StatusCommand.showsColours(), System.out, System.err));
    }
    if (word.equals("demo")) {
      System.exit(
          Demo.run(
              RemoteRunApplication.class,
              Arrays.asList(arguments).subList(1, arguments.length),
              StatusCommand.showsColours()));
    }
    if (word.equals("train-node")) {
      NodeTraining.run();
      return;
    }
    if (word.equals("node")) {
      NodeAlone.run(toSpring(arguments));
      return;
    }
    SpringApplication.run(RemoteRunApplication.class, toSpring(arguments));
  }

  private static String[] toSpring(String[] arguments) {
    try {
      String[] options = CommandLine.toSpring(arguments);
      SettingsFiles.check(arguments);
      return options;
    } catch (IllegalArgumentException e) {
      System.err.println("remote-run: " + e.getMessage());
      System.err.print(CommandLine.USAGE);
      System.exit(WRONG_USE);
      throw e;
    }
  }
}
