package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import io.remoterun.cli.follow.Beginning;
import io.remoterun.cli.follow.FollowOptions;
import io.remoterun.cli.follow.Follower;
import io.remoterun.cli.follow.KnownRun;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.MissingNode;

/** Runs the agent again where it has failed. */
@Command(
    name = "retry",
    description = "Run the agent again on the nodes of a run that have failed, and show it.")
public final class RetryCommand extends RunCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, or the beginning of it.")
  String run = "";

  @Option(names = "--detach", description = "Do not watch the new run: print its id.")
  boolean detach;

  @Mixin FollowOptions how = new FollowOptions();

  public RetryCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    String path = "remote-runs/" + RunIds.find(webapp, run) + "/retry";
    String key = UUID.randomUUID().toString();
    try (Signals signals = Signals.open()) {
      KnownRun again =
          Beginning.await(shell, signals, () -> webapp.post(path, MissingNode.getInstance(), key));
      if (detach) {
        shell.out().write((again.id() + "\n").getBytes(UTF_8));
        return Exit.FINE;
      }
      return new Follower(shell, webapp, again, how).follow(signals);
    }
  }
}
