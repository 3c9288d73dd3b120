package io.remoterun.e2e;

import io.remoterun.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged program in the relay's role, in a process that can be killed. */
final class RelayProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private RelayProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Waits until it listens. */
  static RelayProcess start(RelaySettings settings, int times, String... others)
      throws IOException {
    List<String> command =
        Program.command("128m", Stream.of(others).filter(WebappProcess::isOfJvm).toList());
    command.add("relay");
    for (Map.Entry<String, String> setting : settings.write().entrySet()) {
      command.add("--" + setting.getKey() + "=" + setting.getValue());
    }
    Stream.of(others).filter(other -> !WebappProcess.isOfJvm(other)).forEach(command::add);
    Path log = settings.file("relay-" + times + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    RelayProcess relay = new RelayProcess(process, log);
    boolean inTime =
        Eventually.holds(
            Eventually.DEADLINE.multipliedBy(6),
            () -> relay.port("HTTPS") > 0 || !process.isAlive());
    if (!inTime || !process.isAlive()) {
      relay.close();
      throw new AssertionError("the relay does not listen: " + relay.log());
    }
    return relay;
  }

  /** Where it listens in plain HTTP. */
  int httpPort() {
    return port("HTTP");
  }

  /** Where it listens for the relay above it. */
  int httpsPort() {
    return port("HTTPS");
  }

  private int port(String scheme) {
    Matcher listens = Pattern.compile(":(\\d+) \\(" + scheme + "\\)").matcher(log());
    return listens.find() ? Integer.parseInt(listens.group(1)) : 0;
  }

  boolean hasSaid(String words) {
    return log().contains(words);
  }

  String log() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** As systemd does: it may end in its own way. Returns at once. */
  void terminate() {
    process.destroy();
  }

  /** As {@code kill -9} does: it cannot do anything about it. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
