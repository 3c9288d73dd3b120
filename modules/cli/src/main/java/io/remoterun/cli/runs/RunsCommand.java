package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Rows;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.fleet.Nodes;
import io.remoterun.cli.http.Webapp;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists runs, the newest first. */
@Command(name = "runs", description = "List runs, the newest first.")
public final class RunsCommand extends RunCommand {
  private static final int MOST = 200;
  private static final int SHORT_ID = 8;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only these: running, cancelling or ended.")
  @Nullable String state;

  @Option(names = "--node", paramLabel = "NODE", description = "Only those with this node.")
  @Nullable String node;

  @Option(names = "--by", paramLabel = "NAME", description = "Only those of this account.")
  @Nullable String by;

  @Mixin Span span = new Span();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "So many at most, up to " + MOST + ". Default: 20.")
  int limit = 20;

  @Option(names = "--json", description = "As the webapp tells them, a JSON object a line.")
  boolean json;

  private @Nullable Nodes nodes;

  public RunsCommand(Shell shell) {
    super(shell);
  }

  /** They are asked for once, where a run of one node has to be named. */
  private Nodes nodes(Webapp webapp) {
    Nodes known = nodes == null ? Nodes.of(webapp) : nodes;
    nodes = known;
    return known;
  }

  @Override
  int call(Webapp webapp) throws IOException {
    Query query =
        new Query("remote-runs", limit, MOST).with("state", state).with("by", by).in(span);
    if (node != null) {
      query.with("node", nodes(webapp).ids(List.of(node)).getFirst());
    }
    JsonNode runs = webapp.get(query.toString()).path("runs");
    Rows rows = new Rows("RUN", "BEGAN", "BY", "STATE", "TARGETS", "NODES");
    StringBuilder lines = new StringBuilder();
    for (JsonNode run : runs) {
      if (json) {
        lines.append(run).append('\n');
        continue;
      }
      rows.add(
          run.path("id").asString("").substring(0, SHORT_ID),
          RunWords.time(run.path("began").asString("")),
          run.path("askedBy").path("name").asString(""),
          run.path("state").asString(""),
          RunWords.targets(run, id -> nodes(webapp).name(id)),
          RunWords.counts(run).toString());
    }
    shell.out().write((json ? lines.toString() : rows.toString()).getBytes(UTF_8));
    return Exit.FINE;
  }
}
