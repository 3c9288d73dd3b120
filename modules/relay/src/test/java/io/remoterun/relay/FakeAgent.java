package io.remoterun.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program in the place of Rudder's, which writes down how it was called before it does what the
 * test wants.
 *
 * @param program the script
 */
public record FakeAgent(Path program) {
  private static final String SCRIPT =
      """
      #!/bin/sh
      : > "$0.call.$$"
      for argument in "$@"; do printf '%s\\n' "$argument" >> "$0.call.$$"; done
      await() { read -r go < "$0.go"; }
      BODY
      """;

  /**
   * @param body shell; {@code await} in it waits for {@link #letGo}
   */
  public static FakeAgent in(Path folder, String body) throws IOException {
    var executable =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Path program = Files.createTempFile(folder, "fake_agent", ".sh", executable);
    Files.writeString(program, SCRIPT.replace("BODY", body));
    FakeAgent agent = new FakeAgent(program);
    agent.makeFifo();
    return agent;
  }

  private void makeFifo() throws IOException {
    try {
      Process mkfifo = new ProcessBuilder("mkfifo", program + ".go").inheritIO().start();
      if (mkfifo.waitFor() != 0) {
        throw new IOException("mkfifo failed");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Waits until one agent waits, and lets it go on. */
  public void letGo() throws IOException {
    letGo(() -> {});
  }

  /**
   * @param meanwhile done while the agent waits
   */
  public void letGo(Runnable meanwhile) throws IOException {
    try (OutputStream go = Files.newOutputStream(Path.of(program + ".go"))) {
      meanwhile.run();
      go.write('\n');
    }
  }

  /** The arguments of each call. */
  public List<List<String>> calls() {
    return Stream.of(files()).map(FakeAgent::lines).toList();
  }

  /** Whether one of those that were called still runs. */
  public boolean isRunning() {
    return Stream.of(files())
        .map(file -> file.toString().replaceFirst(".*\\.", ""))
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
        .anyMatch(ProcessHandle::isAlive);
  }

  private Path[] files() {
    String prefix = program.getFileName() + ".call.";
    try (Stream<Path> files = Files.list(program.getParent())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toArray(Path[]::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
