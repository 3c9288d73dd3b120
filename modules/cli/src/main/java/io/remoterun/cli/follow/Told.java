package io.remoterun.cli.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.TableFormatter;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;

/** Events of many nodes as rows of one table: lines are put together by node, and never mixed. */
final class Told {
  /** Of a line; a longer one is shown in pieces. */
  private static final int MOST_BYTES_OF_LINE = 64 << 10;

  private final KnownRun run;
  private final TableFormatter table;
  private final Map<NodeId, ByteArrayOutputStream> begun = new HashMap<>();

  Told(KnownRun run, FormatOptions options) {
    this.run = run;
    this.table = new TableFormatter(options, options.hostColumn() ? run.widthOfNames() : 0);
  }

  /** What is to be shown by now: whole lines. */
  String see(RunEvent event) {
    String name = run.name(event.node());
    return switch (event) {
      case RunEvent.Output(NodeId node, OutputBytes bytes) -> printed(node, name, bytes);
      case RunEvent.Gap gap -> lineSoFar(gap.node(), name) + table.missing(name, gap.bytes());
      case RunEvent.Finished(NodeId node, ExitStatus status) ->
          lineSoFar(node, name) + table.ended(name, status.toString(), status.isFailure());
      case RunEvent.Failed failed ->
          lineSoFar(failed.node(), name) + table.ended(name, failed.failure().toString(), true);
      case RunEvent.Started _, RunEvent.Heartbeat _ -> "";
    };
  }

  private String printed(NodeId node, String name, OutputBytes bytes) {
    ByteArrayOutputStream line = begun.computeIfAbsent(node, any -> new ByteArrayOutputStream());
    StringBuilder rows = new StringBuilder();
    for (byte b : bytes.toByteArray()) {
      if (b == '\n' || line.size() >= MOST_BYTES_OF_LINE) {
        rows.append(lineSoFar(node, name));
      }
      if (b != '\n') {
        line.write(b);
      }
    }
    return rows.toString();
  }

  private String lineSoFar(NodeId node, String name) {
    ByteArrayOutputStream line = begun.get(node);
    if (line == null || line.size() == 0) {
      return "";
    }
    String text = line.toString(UTF_8);
    line.reset();
    return table.line(name, text);
  }

  String end() {
    return table.end();
  }

  int exitStatus(boolean errors, boolean deviations) {
    return table.exitStatus(errors, deviations);
  }
}
