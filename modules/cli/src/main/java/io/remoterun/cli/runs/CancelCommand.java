package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.run.Counts;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Stops a run. */
@Command(
    name = "cancel",
    description = "Stop a run, and tell how each of its nodes ended.",
    footer = {"", "Exits with 1 when some agent may go on."})
public final class CancelCommand extends RunCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, or the beginning of it.")
  String run = "";

  @Option(names = "--no-wait", description = "Do not wait until its agents have ended.")
  boolean noWait;

  public CancelCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    String id = RunIds.find(webapp, run);
    JsonNode it = webapp.delete("remote-runs/" + id + (noWait ? "?wait=false" : ""));
    shell.out().write((RunWords.head(it) + RunWords.nodes(it)).getBytes(UTF_8));
    Counts counts = RunWords.counts(it);
    boolean mayGoOn = counts.unconfirmed() + counts.running() + counts.waiting() > 0;
    return mayGoOn && !noWait ? Exit.FAILED : Exit.FINE;
  }
}
