package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Sudo starts a helper, whose standard input and output are the line.
 *
 * @param command sudo and its options, and the helper without arguments
 */
record HelperSudoDoor(List<String> command) implements HelperLine.Door {
  private static final int MOST_WORDS = 512;

  /** It may ask a directory that does not answer. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

  private record Line(Process process, DataInputStream in) implements HelperLine {
    @Override
    public OutputStream out() {
      return process.getOutputStream();
    }

    @Override
    public String lastWords() {
      return words(process);
    }

    @Override
    public void close() throws IOException {
      process.getInputStream().close();
      process.getErrorStream().close();
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // The helper is gone, and has not heard the last word.
      }
    }
  }

  @Override
  public HelperLine open() throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new LaunchFailure(Kind.AGENT, Printable.of(String.valueOf(e.getMessage())));
    }
    return new Line(process, new DataInputStream(process.getInputStream()));
  }

  /** Sudo tells whether it would. */
  @Override
  public Optional<String> hindrance() {
    List<String> ask = new ArrayList<>(command);
    ask.addAll(ask.size() - 1, List.of("-l", "--"));
    try {
      Process process = new ProcessBuilder(ask).start();
      CompletableFuture.delayedExecutor(LONGEST_LOOK.toMillis(), TimeUnit.MILLISECONDS)
          .execute(process::destroyForcibly);
      process.getOutputStream().close();
      String words = words(process);
      return process.onExit().join().exitValue() == 0
          ? Optional.empty()
          : Optional.of(
              String.join(" ", command) + " is not allowed: install the sudoers line. " + words);
    } catch (IOException e) {
      return Optional.of(Printable.of(String.valueOf(e.getMessage())));
    }
  }

  private static String words(Process process) {
    try {
      byte[] said = process.getErrorStream().readNBytes(MOST_WORDS);
      return Printable.of(new String(said, UTF_8).strip());
    } catch (IOException e) {
      return Printable.of(e.toString());
    }
  }
}
