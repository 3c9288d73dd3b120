package io.remoterun.node.agent;

import io.remoterun.process.AgentChild;
import io.remoterun.process.AgentEnd;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts the agent as a child of this process, with its user. */
public record DirectLauncher(JobCommands commands, LeftOutputs left) implements AgentLauncher {
  /** Of all nodes in this process: threads and descriptors are the process's. */
  private static final LeftOutputs LEFT = new LeftOutputs(8);

  public DirectLauncher(JobCommands commands) {
    this(commands, LEFT);
  }

  private record Child(AgentChild child, String command, LeftOutputs left)
      implements LaunchedAgent {
    @Override
    public int pid() {
      return child.pid();
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      return child.read(buffer);
    }

    @Override
    public AgentEnd awaitEnd() throws IOException {
      return child.awaitEnd();
    }

    @Override
    public boolean stop(Duration grace) {
      return child.stop(grace);
    }

    @Override
    public void leave() {
      left.add(child);
    }

    @Override
    public void close() throws IOException {
      child.close();
      left.remove(child);
    }
  }

  @Override
  public Optional<String> hindrance() {
    String program = commands.agent().getFirst();
    return whatIsWrongWith(program)
        .map(reason -> "no agent can be started now: " + program + ": " + reason);
  }

  private static Optional<String> whatIsWrongWith(String program) {
    if (!program.startsWith("/")) {
      return Optional.of("it is no absolute path");
    }
    Path file = Path.of(program);
    if (Files.notExists(file)) {
      return Optional.of("No such file or directory");
    }
    return Files.isDirectory(file) || !Files.isExecutable(file)
        ? Optional.of("Permission denied")
        : Optional.empty();
  }

  @Override
  public LaunchedAgent launch(LaunchRequest request) throws IOException {
    AgentCommand command =
        commands
            .of(request.job())
            .orElseThrow(() -> new LaunchFailure(Kind.REFUSED, "there is no job " + request.job()));
    List<String> words = command.with(request.conditions());
    return new Child(AgentChild.start(words, command.variables()), String.join(" ", words), left);
  }
}
