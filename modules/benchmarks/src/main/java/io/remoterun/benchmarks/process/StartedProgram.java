package io.remoterun.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that is measured from its start, by what it prints. Not thread-safe. */
public final class StartedProgram implements AutoCloseable {
  private static final long SECONDS = 60;

  private final Process process;
  private final Matcher ready;
  private final double milliseconds;

  private StartedProgram(Process process, Matcher ready, double milliseconds) {
    this.process = process;
    this.ready = ready;
    this.milliseconds = milliseconds;
  }

  /**
   * Starts it and reads what it prints until a line has the pattern in it. It is not to print more
   * than a pipe holds from then on.
   *
   * @throws IOException when it ends before that, with what it printed
   */
  public static StartedProgram start(List<String> command, Pattern pattern) throws IOException {
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder printed = new StringBuilder();
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return new StartedProgram(process, matcher, (System.nanoTime() - start) / 1e6);
      }
      printed.append(line).append('\n');
    }
    throw new IOException(String.join(" ", command) + " ended and printed\n" + printed);
  }

  /**
   * Runs it to its end.
   *
   * @throws IOException when that is not with status 0, with what it printed
   */
  public static void run(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!ended(process) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " printed\n" + Files.readString(log));
    }
  }

  public double milliseconds() {
    return milliseconds;
  }

  /** The first group of the pattern, which has to be a number. */
  public int port() {
    return Integer.parseInt(ready.group(1));
  }

  public Memory memory() throws IOException {
    return Memory.of(process.pid());
  }

  private static boolean ended(Process process) {
    try {
      if (process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return false;
  }

  /** Ends it and waits, for up to a minute. */
  @Override
  public void close() throws IOException {
    // Through its handle, which leaves its output open: it may have something to say in the end.
    process.toHandle().destroy();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    ended(process);
  }
}
