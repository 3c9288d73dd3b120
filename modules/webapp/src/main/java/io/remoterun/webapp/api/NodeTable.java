package io.remoterun.webapp.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.TableFormatter;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The reports of one node's agent as a table, row by row while they come, and a summary. */
final class NodeTable {
  /** Of a line; a longer one is shown in pieces. */
  private static final int MOST_BYTES_OF_LINE = 64 << 10;

  private final String node;
  private final TableFormatter table;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  NodeTable(NodeId node, boolean isColoured) {
    this.node = node.value();
    this.table =
        new TableFormatter(
            new FormatOptions(false, false, false, false, isColoured, false, false, false), 0);
  }

  /**
   * @param events of the node, up to the terminal one; to be called once
   */
  Flux<byte[]> of(Flux<RunEvent> events) {
    return events
        .map(this::rows)
        .concatWith(Mono.fromSupplier(table::end))
        .filter(text -> !text.isEmpty())
        .map(text -> text.getBytes(UTF_8));
  }

  private String rows(RunEvent event) {
    return switch (event) {
      case RunEvent.Output(_, OutputBytes bytes) -> printed(bytes.toByteArray());
      case RunEvent.Gap gap ->
          lineSoFar() + table.told(node, gap.bytes() + " bytes of output are missing here");
      case RunEvent.Finished(_, ExitStatus status) ->
          lineSoFar() + table.ended(node, status.toString(), status.isFailure());
      case RunEvent.Failed failed ->
          lineSoFar() + table.ended(node, failed.failure().toString(), true);
      case RunEvent.Started _, RunEvent.Heartbeat _ -> "";
    };
  }

  private String printed(byte[] bytes) {
    StringBuilder rows = new StringBuilder();
    for (byte b : bytes) {
      if (b == '\n' || line.size() >= MOST_BYTES_OF_LINE) {
        rows.append(lineSoFar());
      }
      if (b != '\n') {
        line.write(b);
      }
    }
    return rows.toString();
  }

  private String lineSoFar() {
    String text = line.toString(UTF_8);
    line.reset();
    return text.isEmpty() ? "" : table.line(node, text);
  }
}
