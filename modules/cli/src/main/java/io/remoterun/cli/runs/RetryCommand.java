package io.remoterun.cli.runs;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.MissingNode;

/** Runs the agent again where it has failed. */
@Command(
    name = "retry",
    description = "Run the agent again on the nodes of a run that have failed, and show it.")
public final class RetryCommand extends BeginCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, or the beginning of it.")
  String run = "";

  public RetryCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    String path = "remote-runs/" + RunIds.find(webapp, run) + "/retry";
    return begin(webapp, path, MissingNode.getInstance());
  }
}
