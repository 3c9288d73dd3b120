package io.remoterun.cli.runs;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.fleet.Nodes;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Begins a run and watches it. */
@Command(
    name = "trigger",
    description = "Run the agent on nodes now, and show what it does.",
    footer = {
      "",
      "Ctrl-C asks whether to cancel the run or to let it go on; pressed twice it",
      "cancels. Without a terminal the run goes on (exit status 130)."
    })
public final class TriggerCommand extends BeginCommand {
  private static final Pattern FAIL_AFTER =
      Pattern.compile("never|[1-9][0-9]{0,8}|([1-9][0-9]?|100)%");

  @ArgGroup(multiplicity = "1")
  Targets targets = new Targets();

  @Option(
      names = "-D",
      paramLabel = "COND",
      split = ",",
      description = "A condition (class) for the agent; may be repeated.")
  List<String> conditions = List.of();

  @Option(names = "--concurrency", paramLabel = "N", description = "So many nodes at once.")
  @Nullable Integer concurrency;

  @Option(
      names = "--fail-after",
      paramLabel = "N|N%",
      description = "Begin no more after so many nodes, or per cent of all, have not succeeded.")
  @Nullable String failAfter;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description =
          "Stop agents that still run after that, such as 10min; a number alone is seconds.")
  @Nullable String deadline;

  /** One of these. */
  static final class Targets {
    @Option(names = "--all", description = "All nodes.")
    boolean all;

    @Option(names = "--group", paramLabel = "GROUP", description = "The nodes of this group.")
    @Nullable String group;

    @Option(
        names = "--where",
        paramLabel = "QUERY",
        description = "Those whose properties are so, such as 'os.name=debian and not id=root'.")
    @Nullable String query;

    @Parameters(
        arity = "1..*",
        paramLabel = "NODE",
        description = "Nodes by id, host name, or the beginning of one of these.")
    List<String> nodes = List.of();
  }

  public TriggerCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    ObjectNode order = order();
    if (!targets.nodes.isEmpty()) {
      ArrayNode ids = order.putObject("targets").putArray("nodes");
      Nodes.of(webapp).targets(targets.nodes).forEach(ids::add);
    }
    return begin(webapp, "remote-runs", order);
  }

  private ObjectNode order() {
    ObjectNode order = Webapp.JSON.createObjectNode();
    if (targets.all) {
      order.putObject("targets").put("all", true);
    } else if (targets.group != null) {
      order.putObject("targets").put("group", targets.group);
    } else if (targets.query != null) {
      order.putObject("targets").put("query", targets.query);
    }
    ArrayNode given = order.putArray("conditions");
    for (String condition : conditions) {
      given.add(checked(condition));
    }
    if (concurrency != null) {
      order.put("concurrency", concurrency);
    }
    if (failAfter != null) {
      order.put("stopAfter", checkedFailAfter(failAfter));
    }
    if (deadline != null) {
      order.put("deadline", duration(deadline));
    }
    return order;
  }

  private static String checked(String condition) {
    try {
      return new Condition(condition).value();
    } catch (BadRequest e) {
      throw Failure.usage("-D: " + e.getMessage());
    }
  }

  /** The webapp has another name for it. */
  private static String checkedFailAfter(String text) {
    if (!FAIL_AFTER.matcher(text).matches()) {
      throw Failure.usage(
          "--fail-after: " + Printable.of(text) + " should be like 5, 5% (up to 100%) or never");
    }
    return text;
  }

  private static String duration(String text) {
    try {
      return RudderDuration.parse(text).toString();
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--deadline " + RudderDuration.FORMS);
    }
  }
}
