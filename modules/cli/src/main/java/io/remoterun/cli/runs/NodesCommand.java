package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Rows;
import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists nodes. */
@Command(name = "nodes", description = "List the nodes that you may see.")
public final class NodesCommand extends RunCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description = "Only those with this in their id or host name.")
  String text = "";

  @Option(names = "--json", description = "As the webapp tells them, a JSON object a line.")
  boolean json;

  @Option(names = "--names", hidden = true, description = "Name, tab, id: for completion.")
  boolean names;

  public NodesCommand(Shell shell) {
    super(shell);
  }

  @Override
  int call(Webapp webapp) throws IOException {
    Rows rows = new Rows("NODE", "ID", "POLICY SERVER");
    StringBuilder lines = new StringBuilder();
    StringBuilder words = new StringBuilder();
    String part = text.toLowerCase(Locale.ROOT);
    for (JsonNode node : webapp.get("nodes").path("nodes")) {
      String id = node.path("id").asString("");
      String hostname = node.path("hostname").asString("");
      if (id.contains(part) || hostname.toLowerCase(Locale.ROOT).contains(part)) {
        lines.append(node).append('\n');
        words.append(Printable.of(hostname)).append('\t').append(id).append('\n');
        rows.add(hostname, id, node.path("policyServerId").asString(""));
      }
    }
    String text = names ? words.toString() : json ? lines.toString() : rows.toString();
    shell.out().write(text.getBytes(UTF_8));
    return Exit.FINE;
  }
}
