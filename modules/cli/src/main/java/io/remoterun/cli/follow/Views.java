package io.remoterun.cli.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Shell;
import io.remoterun.cli.http.Webapp;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The ways to write events to standard output. */
final class Views {
  private Views() {}

  static View of(FollowOptions options, Shell shell, KnownRun run) {
    if (options.as.json) {
      return new Json(shell);
    }
    if (options.as.raw) {
      return raw(shell, run, true);
    }
    return options.as.folder == null
        ? new Table(shell)
        : new OutputFiles(options.as.folder, shell, run);
  }

  /**
   * @param hasSummary on standard error; without one, what goes wrong is told there when it does
   */
  static View raw(Shell shell, KnownRun run, boolean hasSummary) {
    return run.names().size() == 1
        ? new Raw(shell, run, hasSummary)
        : new RawOfMany(shell, run, hasSummary);
  }

  /** Rows, and the summary. */
  private record Table(Shell shell) implements View {
    @Override
    public void event(Optional<RunEvent> event, String line, String rows) throws IOException {
      shell.out().write(rows.getBytes(UTF_8));
    }

    @Override
    public void end(String line, String summary) throws IOException {
      shell.out().write(summary.getBytes(UTF_8));
    }
  }

  /** As the webapp tells it; that nothing happens is left out. */
  private record Json(Shell shell) implements View {
    @Override
    public void begin(KnownRun run) throws IOException {
      String first =
          Webapp.JSON
              .createObjectNode()
              .put("event", "run")
              .put("run", run.id())
              .put("targets", run.names().size())
              .toString();
      shell.out().write((first + "\n").getBytes(UTF_8));
    }

    @Override
    public void event(Optional<RunEvent> event, String line, String rows) throws IOException {
      if (event.filter(it -> it instanceof RunEvent.Heartbeat).isEmpty()) {
        shell.out().write(line.getBytes(UTF_8));
      }
    }

    @Override
    public void end(String line, String summary) throws IOException {
      shell.out().write(line.getBytes(UTF_8));
    }
  }

  /** The bytes of one agent. */
  private record Raw(Shell shell, KnownRun run, boolean hasSummary) implements View {
    @Override
    public void event(Optional<RunEvent> event, String line, String rows) throws IOException {
      if (event.isEmpty()) {
        return;
      }
      if (event.get() instanceof RunEvent.Output(_, OutputBytes bytes)) {
        shell.out().write(bytes.toByteArray());
      } else {
        Beside.tell(shell, run, event.get(), !hasSummary);
      }
    }

    @Override
    public void end(String line, String summary) {
      if (hasSummary) {
        shell.problems().write(summary);
      }
    }
  }

  /** The lines of many, each with its node in front. */
  private static final class RawOfMany implements View {
    private final Shell shell;
    private final KnownRun run;
    private final boolean hasSummary;
    private final Map<NodeId, ByteArrayOutputStream> begun = new HashMap<>();

    RawOfMany(Shell shell, KnownRun run, boolean hasSummary) {
      this.shell = shell;
      this.run = run;
      this.hasSummary = hasSummary;
    }

    @Override
    public void event(Optional<RunEvent> event, String line, String rows) throws IOException {
      if (event.isEmpty()) {
        return;
      }
      NodeId node = event.get().node();
      if (event.get() instanceof RunEvent.Output(_, OutputBytes bytes)) {
        ByteArrayOutputStream text =
            begun.computeIfAbsent(node, any -> new ByteArrayOutputStream());
        if (text.size() == 0) {
          text.writeBytes((run.name(node) + "> ").getBytes(UTF_8));
        }
        text.writeBytes(bytes.toByteArray());
        if (bytes.endsLine()) {
          write(node, "");
        }
      } else {
        if (event.get().isTerminal()) {
          write(node, "\n");
        }
        Beside.tell(shell, run, event.get(), !hasSummary);
      }
    }

    private void write(NodeId node, String end) throws IOException {
      ByteArrayOutputStream text = begun.remove(node);
      if (text != null) {
        text.writeBytes(end.getBytes(UTF_8));
        shell.out().write(text.toByteArray());
      }
    }

    @Override
    public void end(String line, String summary) {
      if (hasSummary) {
        shell.problems().write(summary);
      }
    }
  }
}
