package io.remoterun.cli.follow;

import io.remoterun.cli.console.Shell;
import io.remoterun.protocol.http.RudderRows;
import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Rows and summary as {@code rudder remote run} shows them. */
final class RudderView implements View {
  private static final int MOST_BYTES_OF_LINE = 64 << 10;

  private final Shell shell;
  private final KnownRun run;
  private final RudderRows rows;
  private final Map<NodeId, ByteArrayOutputStream> begun = new HashMap<>();

  RudderView(Shell shell, KnownRun run, FormatOptions options) {
    this.shell = shell;
    this.run = run;
    this.rows = new RudderRows(options, Optional::empty);
  }

  @Override
  public void event(Optional<RunEvent> event, String line, String ownRows) throws IOException {
    if (event.isPresent()) {
      NodeId node = event.get().node();
      String name = run.name(node);
      switch (event.get()) {
        case RunEvent.Output(_, OutputBytes bytes) -> printed(node, name, bytes.toByteArray());
        case RunEvent.Gap gap -> {
          rest(node, name);
          show(rows.missing(name, gap.bytes()));
        }
        case RunEvent.Finished(_, ExitStatus status) -> {
          rest(node, name);
          show(rows.ended(name, status.toString(), status.isFailure()));
        }
        case RunEvent.Failed failed -> {
          rest(node, name);
          show(rows.ended(name, failed.failure().toString(), true));
        }
        case RunEvent.Started _, RunEvent.Heartbeat _ -> {}
      }
    }
  }

  private void printed(NodeId node, String name, byte[] bytes) throws IOException {
    int from = 0;
    ByteArrayOutputStream line = begun.computeIfAbsent(node, any -> new ByteArrayOutputStream());
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, from, i - from);
        show(rows.line(name, line.toByteArray()));
        line.reset();
        from = i + 1;
      }
    }
    line.writeBytes(Arrays.copyOfRange(bytes, from, bytes.length));
    if (line.size() > MOST_BYTES_OF_LINE) {
      rest(node, name);
    }
  }

  private void rest(NodeId node, String name) throws IOException {
    ByteArrayOutputStream line = begun.remove(node);
    if (line != null && line.size() > 0) {
      show(rows.line(name, line.toByteArray()));
    }
  }

  private void show(byte[] shown) throws IOException {
    shell.out().write(shown);
  }

  @Override
  public void end(String line, String summary) throws IOException {
    shell.out().write(rows.end());
  }
}
