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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** A command that begins a run, and watches it or tells its id. */
abstract class BeginCommand extends RunCommand {
  @Option(names = "--detach", description = "Do not watch the run: print its id.")
  boolean detach;

  @Mixin FollowOptions how = new FollowOptions();

  BeginCommand(Shell shell) {
    super(shell);
  }

  /**
   * @return for the shell
   */
  final int begin(Webapp webapp, String path, JsonNode order) throws IOException {
    String key = UUID.randomUUID().toString();
    try (Signals signals = Signals.open()) {
      KnownRun run = Beginning.await(shell, signals, () -> webapp.post(path, order, key));
      if (detach) {
        shell.out().write((run.id() + "\n").getBytes(UTF_8));
        return Exit.FINE;
      }
      return new Follower(shell, webapp, run, how).follow(signals);
    }
  }
}
