package io.remoterun.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Colors;
import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Progress;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.fleet.Nodes;
import io.remoterun.cli.http.Webapp;
import io.remoterun.cli.settings.Settings;
import io.remoterun.cli.settings.SettingsReader;
import io.remoterun.cli.settings.WebappOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what is wrong on the way to the webapp and to nodes. */
@Command(
    name = "doctor",
    description = "Look, step by step, at the way to the webapp and to nodes; nothing is run.",
    footer = {
      "",
      "Without nodes: only the way to the webapp, and how that is. Exits with 0 when",
      "all is well as far as it can be told, with 1 when something has failed: its line",
      "says what, the one below it what to do."
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      arity = "0..*",
      paramLabel = "NODE",
      description = "Nodes by id, host name, or the beginning of one of these.")
  List<String> nodes = List.of();

  @Option(names = "--json", description = "A JSON object a line: of the webapp, of each node.")
  boolean json;

  @Option(
      names = {"-c", "--no-color"},
      description = "Words instead of marks and colours; the same as --color=never.")
  boolean colorless;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      description = "Colours: always, never or auto, which is on a terminal.")
  Colors color = Colors.auto;

  @ArgGroup(validate = false, heading = WebappOptions.HEADING)
  WebappOptions options = new WebappOptions();

  public DoctorCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    Settings settings;
    try {
      settings = SettingsReader.read(options, shell.environment());
    } catch (Failure wrong) {
      return wrong.exit() == Exit.USAGE ? usage(wrong) : tell(WayToWebapp.of(wrong), "");
    }
    try (Webapp webapp = new Webapp(settings)) {
      Way own = new WayToWebapp(settings, webapp).look();
      if (nodes.isEmpty() || !own.reachesNodes()) {
        return tell(own, own.isWell() ? "It is well.\n" : "");
      }
      int exit = tell(own, "");
      return Math.max(exit, lookAtNodes(webapp));
    }
  }

  private static int usage(Failure wrong) {
    throw wrong;
  }

  private int lookAtNodes(Webapp webapp) throws IOException {
    Nodes known = Nodes.of(webapp);
    List<Nodes.Node> asked = known.ids(nodes).stream().map(known::node).toList();
    List<Way> ways = new ArrayList<>();
    Progress progress = new Progress(shell, !json);
    try (WaysToNodes looks = new WaysToNodes(webapp)) {
      for (Future<Way> look : looks.to(asked)) {
        progress.show(() -> "  looking at %d of %d".formatted(ways.size() + 1, asked.size()));
        Way way = WaysToNodes.done(look);
        progress.hide();
        ways.add(way);
        write((json ? "" : "\n") + text(way));
      }
    }
    if (!json) {
      write("\n" + WayText.summary(ways));
    }
    return ways.stream().allMatch(Way::isWell) ? Exit.FINE : Exit.FAILED;
  }

  private int tell(Way way, String end) throws IOException {
    write(text(way) + (json || end.isEmpty() ? "" : "\n" + end));
    return way.isWell() ? Exit.FINE : Exit.FAILED;
  }

  private String text(Way way) {
    return json
        ? way.json(Webapp.JSON.createObjectNode())
        : new WayText(!colorless && color.on(shell.terminal()), shell.columns()).of(way);
  }

  private void write(String text) throws IOException {
    shell.out().write(text.getBytes(UTF_8));
  }
}
