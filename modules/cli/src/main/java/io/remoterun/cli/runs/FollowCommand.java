package io.remoterun.cli.runs;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import io.remoterun.cli.follow.FollowOptions;
import io.remoterun.cli.follow.Follower;
import io.remoterun.cli.follow.KnownRun;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a run from its beginning, whether it goes on or has ended. */
@Command(name = "follow", description = "Show a run from its beginning, live or afterwards.")
public final class FollowCommand extends RunCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, or the beginning of it.")
  String run = "";

  @Mixin FollowOptions how = new FollowOptions();

  public FollowCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    String id = RunIds.find(webapp, run);
    KnownRun known = KnownRun.of(webapp.get("remote-runs/" + id));
    try (Signals signals = Signals.open()) {
      return new Follower(shell, webapp, known, how).follow(signals);
    }
  }
}
