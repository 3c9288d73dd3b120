package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** How a run stands, node by node. */
@Command(name = "show", description = "Tell how a run stands, and how each of its nodes ended.")
public final class ShowCommand extends RunCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, or the beginning of it.")
  String run = "";

  @Option(names = "--failed", description = "Only nodes that have not succeeded.")
  boolean failed;

  @Option(names = "--json", description = "As the webapp tells it.")
  boolean json;

  public ShowCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    String id = RunIds.find(webapp, run);
    JsonNode it = webapp.get("remote-runs/" + id + "?nodes=" + (failed ? "failed" : "all"));
    String text = json ? it + "\n" : RunWords.head(it) + RunWords.nodes(it);
    shell.out().write(text.getBytes(UTF_8));
    return Exit.FINE;
  }
}
