package io.remoterun.cli.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import io.remoterun.cli.console.Shell;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The output of each node in a file of its own, and the summary on standard output. */
final class OutputFiles implements View {
  /** Of thousands of nodes not every file can be open all the time. */
  private static final int MOST_OPEN = 200;

  private static final Pattern SAFE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}");

  private final Path folder;
  private final Shell shell;
  private final KnownRun run;
  private final Set<NodeId> begun = new HashSet<>();

  /** The one used longest ago first. */
  private final LinkedHashMap<NodeId, OutputStream> open = new LinkedHashMap<>(16, 0.75f, true);

  OutputFiles(Path folder, Shell shell, KnownRun run) {
    this.folder = folder;
    this.shell = shell;
    this.run = run;
  }

  @Override
  public void begin(KnownRun any) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Failure("cannot write to " + folder + ": " + FileProblem.words(e));
    }
  }

  /** What a node is called may be no name for a file, and must never be a path; its id is one. */
  static String fileName(String name, NodeId node) {
    return (SAFE.matcher(name).matches() ? name : node.value()) + ".log";
  }

  @Override
  public void event(Optional<RunEvent> event, String line, String rows) throws IOException {
    if (event.isEmpty()) {
      return;
    }
    NodeId node = event.get().node();
    if (event.get() instanceof RunEvent.Output(_, OutputBytes bytes)) {
      file(node).write(bytes.toByteArray());
      return;
    }
    if (event.get().isTerminal()) {
      OutputStream file = open.remove(node);
      if (file != null) {
        file.close();
      }
    }
    Beside.tell(shell, run, event.get(), false);
  }

  private OutputStream file(NodeId node) throws IOException {
    OutputStream file = open.get(node);
    if (file == null) {
      file =
          Files.newOutputStream(
              folder.resolve(fileName(run.name(node), node)),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              begun.add(node) ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND);
      open.put(node, file);
      if (open.size() > MOST_OPEN) {
        closeFirst();
      }
    }
    return file;
  }

  private void closeFirst() throws IOException {
    Iterator<Map.Entry<NodeId, OutputStream>> first = open.entrySet().iterator();
    first.next().getValue().close();
    first.remove();
  }

  @Override
  public void end(String line, String summary) throws IOException {
    for (OutputStream file : open.values()) {
      file.close();
    }
    shell.out().write(summary.getBytes(UTF_8));
  }
}
