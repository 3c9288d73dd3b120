package io.remoterun.cli.runs;

import io.remoterun.cli.console.Colors;
import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.console.Signals;
import io.remoterun.cli.fleet.Nodes;
import io.remoterun.cli.follow.Beginning;
import io.remoterun.cli.follow.Follower;
import io.remoterun.cli.follow.KnownRun;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.report.FormatOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code rudder remote run}, as it is used today, for whoever has it in scripts. */
@Command(
    name = "rudder",
    description = "As 'rudder remote run'; also when the program is called rudder-remote-run.",
    footer = {
      "",
      "Exits with 0 when the agents ran, 1 when one could not run, 2 with -e when some",
      "policy had an error, 3 with -E when something is not compliant."
    })
public final class RudderCommand extends RunCommand {
  @Option(names = "-w", description = "Cut nothing to the width of its column.")
  boolean fullStrings;

  @Option(names = "-c", description = "No colours.")
  boolean colorless;

  @Option(names = "-T", description = "How long each component took.")
  boolean timing;

  @Option(
      names = "-R",
      description = "What the agents print, and nothing else; what fails is on standard error.")
  boolean unparsed;

  @Option(names = "-e", description = "Exit with 2 when some policy had an error.")
  boolean errors;

  @Option(names = "-E", description = "The same, and with 3 when something is not compliant.")
  boolean deviations;

  @Option(names = "-D", paramLabel = "CLASS", split = ",", description = "For the agent.")
  List<String> conditions = List.of();

  @Option(names = "-a", description = "All nodes.")
  boolean all;

  @Option(names = "-g", paramLabel = "GROUP", description = "The nodes of this group.")
  @Nullable String group;

  @Parameters(
      arity = "0..*",
      split = ",",
      paramLabel = "NODE",
      description = "Nodes by id, host name, or the beginning of one of these.")
  List<String> nodes = List.of();

  private boolean info;
  private boolean quiet;
  private boolean raw;
  private @Nullable String verbosity;

  public RudderCommand(Shell shell) {
    super(shell);
  }

  // Of these the one that is said last holds.

  @Option(
      names = {"-i", "-I"},
      description = "Also lines that are no reports. Of -i and -q the last one holds.")
  void info(boolean isGiven) {
    if (isGiven) {
      info = true;
      quiet = false;
    }
  }

  @Option(names = "-v", description = "As -i, and the agent says more (condition debug).")
  void verbose(boolean isGiven) {
    if (isGiven) {
      info(true);
      verbosity = "debug";
    }
  }

  @Option(names = "-d", description = "As -i, and the agent says all (condition trace).")
  void debug(boolean isGiven) {
    if (isGiven) {
      info(true);
      verbosity = "trace";
    }
  }

  @Option(names = "-q", description = "Only what was changed or is wrong.")
  void quiet(boolean isGiven) {
    if (isGiven) {
      info = false;
      quiet = true;
    }
  }

  @Option(names = "-r", description = "The lines as they are, and a summary.")
  void raw(boolean isGiven) {
    if (isGiven) {
      raw = true;
      info = true;
    }
  }

  @Override
  int call(Webapp webapp) throws IOException {
    ObjectNode order = Webapp.JSON.createObjectNode();
    ObjectNode targets = order.putObject("targets");
    if (all) {
      targets.put("all", true);
    } else if (group != null) {
      targets.put("group", group);
    } else if (nodes.isEmpty()) {
      // 1 and not 64: what Rudder's command exits with.
      throw new Failure("name nodes, a group (-g) or all (-a): rudder remote run NODE,NODE");
    } else {
      ArrayNode ids = targets.putArray("nodes");
      Nodes.of(webapp).targets(nodes).forEach(ids::add);
    }
    ArrayNode given = order.putArray("conditions");
    conditions().forEach(given::add);
    String key = UUID.randomUUID().toString();
    try (Signals signals = Signals.open()) {
      KnownRun run = Beginning.await(shell, signals, () -> webapp.post("remote-runs", order, key));
      return Follower.likeRudder(shell, webapp, run, format(), unparsed, errors, deviations)
          .follow(signals);
    }
  }

  private List<String> conditions() {
    List<String> given = new ArrayList<>(conditions);
    if (verbosity != null) {
      given.add(verbosity);
    }
    return given;
  }

  private FormatOptions format() {
    Colors colors = colorless ? Colors.never : Colors.auto;
    return new FormatOptions(
        info, quiet, fullStrings, raw, colors.on(shell.terminal()), timing, false, true);
  }
}
