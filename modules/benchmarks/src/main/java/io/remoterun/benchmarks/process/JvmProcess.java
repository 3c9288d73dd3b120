package io.remoterun.benchmarks.process;

import io.remoterun.benchmarks.Benchmarks;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM of this program, the parent's end. It ends when its standard input does, so also when
 * this process ends in whatever way. Not thread-safe.
 */
public final class JvmProcess implements AutoCloseable {
  private static final long SECONDS = 60;
  private static final String END = "";

  /** Those of the launcher. */
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final Path log;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Words ready;

  private JvmProcess(Process process, Path log) throws IOException {
    this.process = process;
    this.log = log;
    Thread.ofPlatform().daemon().name("lines of " + process.pid()).start(this::readLines);
    this.ready = nextLine();
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param log gets what it prints, but for what it tells this process
   * @param flags of its JVM, such as {@code -Xmx512m}, beside those of the launcher
   * @param words the arguments of {@link Benchmarks}
   */
  public static JvmProcess start(Path log, List<String> flags, List<String> words)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.addAll(program(System.getProperty("java.class.path")));
    command.addAll(words);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile())).start();
    try {
      return new JvmProcess(process, log);
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** The packaged jar, or the class path of a test. */
  private static List<String> program(String classPath) {
    boolean isPackaged = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
    return isPackaged
        ? List.of("-jar", classPath)
        : List.of("-cp", classPath, Benchmarks.class.getName());
  }

  private void readLines() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // it has ended
    }
    lines.add(END);
  }

  private Words nextLine() throws IOException {
    try {
      @Nullable String line = lines.poll(SECONDS, TimeUnit.SECONDS);
      if (line == null || line.equals(END)) {
        throw new IOException(
            "process " + process.pid() + (line == null ? " says nothing" : " ended") + lastWords());
      }
      return Words.parse(Arrays.asList(line.split(" ")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What it told when it was ready. */
  public Words ready() {
    return ready;
  }

  /** What it has measured by now, see {@link ParentLink}. */
  public Words figures() {
    try {
      process.outputWriter().write("figures\n");
      process.outputWriter().flush();
      return nextLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage() + lastWords(), e);
    }
  }

  /** The end of what it printed. */
  public String lastWords() {
    try {
      List<String> printed = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
      int from = Math.max(0, printed.size() - 20);
      return "; it printed last:\n" + String.join("\n", printed.subList(from, printed.size()));
    } catch (IOException e) {
      return "; no log: " + e;
    }
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
