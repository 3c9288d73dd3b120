package io.remoterun.e2e;

import io.remoterun.testing.Mark;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./remote-run demo}, started as a person would start it. */
final class DemoProcess implements AutoCloseable {
  private static final String READY = "Ctrl-C ends everything.";

  private final Process process;
  private final Path state;
  private final BufferedReader output;
  private final List<String> seen = new ArrayList<>();

  private DemoProcess(Process process, Path state) {
    this.process = process;
    this.state = state;
    this.output = process.inputReader();
  }

  /**
   * @param pause how long the sample agent waits after each line, in seconds
   */
  static DemoProcess start(Path state, String pause, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("project.folder"), "remote-run").toString());
    command.addAll(List.of("demo", "--state", state.toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DEMO_PAUSE", pause);
    builder.environment().put("REMOTE_RUN_BUILD", "no");
    // Should an agent outlive its demo, it is known by this.
    builder
        .environment()
        .put("SPRING_APPLICATION_JSON", JsonMapper.shared().writeValueAsString(Mark.settings()));
    return new DemoProcess(builder.start(), state);
  }

  /** Reads what it prints until everything is up and its first run has ended. */
  DemoProcess awaitReady() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.add(line);
      if (line.equals(READY)) {
        return this;
      }
    }
    throw new IOException("the demo ended before it was ready:\n" + String.join("\n", seen));
  }

  /** Reads the rest of what it prints, and waits for its end. */
  int awaitEnd() throws IOException, InterruptedException {
    output.lines().forEach(seen::add);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IOException("the demo has closed its output, but is still there");
    }
    return process.exitValue();
  }

  List<String> seen() {
    return seen;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** What a terminal sends for Ctrl-C; Java's own destroy() sends SIGTERM. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /** Agents stop where they are, however long the test takes for what it looks at. */
  void holdAgents() throws IOException, InterruptedException {
    signalAgents("-STOP");
  }

  void letAgentsGoOn() throws IOException, InterruptedException {
    signalAgents("-CONT");
  }

  private void signalAgents(String signal) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    process
        .descendants()
        .filter(it -> it.info().commandLine().orElse("").contains("agent.sh"))
        .forEach(agent -> command.add(Long.toString(agent.pid())));
    if (command.size() == 2 || new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("no agent runs");
    }
  }

  JsonNode file() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(state.resolve("demo.json")));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
