package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;

import io.remoterun.benchmarks.process.Words;
import io.remoterun.process.AgentChild;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What it costs to start a program: our own way, and Java's, which does less. */
final class SpawnBenchmark {
  private static final Set<String> OPTIONS = Set.of("quick", "starts");
  private static final List<String> PROGRAM = List.of("/bin/true");
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  private final double[] started;
  private final double[] ended;

  private SpawnBenchmark(int starts) {
    started = new double[starts];
    ended = new double[starts];
  }

  private interface Way {
    /** Starts the program. */
    Started start() throws IOException;
  }

  private interface Started {
    /** Reads what it prints, and waits for its end. */
    void end() throws IOException, InterruptedException;
  }

  static void run(Words options, PrintStream out) throws IOException {
    Words known = options.only(OPTIONS);
    int starts = (int) known.number("starts", known.has("quick") ? 20 : 1000);
    SpawnBenchmark ours = new SpawnBenchmark(starts);
    SpawnBenchmark javas = new SpawnBenchmark(starts);
    // In turn, so that both have what the machine has for them. The first half is to warm up.
    for (int sample = -starts; sample < starts; sample++) {
      ours.measure(sample, SpawnBenchmark::ours);
      javas.measure(sample, SpawnBenchmark::javas);
    }
    Table table =
        new Table("ms, of " + starts, "start: median", "90 %", "until its end: median", "90 %");
    ours.addTo(table, "AgentChild");
    javas.addTo(table, "ProcessBuilder");
    table.print(out);
  }

  private static Started ours() throws IOException {
    AgentChild child = AgentChild.start(PROGRAM, ENVIRONMENT);
    return () -> {
      try (child) {
        readAll(child);
        child.awaitEnd();
      }
    };
  }

  private static void readAll(AgentChild child) throws IOException {
    byte[] buffer = new byte[100];
    while (child.read(buffer) >= 0) {
      // it prints nothing
    }
  }

  private static Started javas() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(PROGRAM).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    Process process = builder.start();
    return () -> {
      try (InputStream output = process.getInputStream()) {
        output.readAllBytes();
        process.waitFor();
      }
      process.getOutputStream().close();
      process.getErrorStream().close();
    };
  }

  private void measure(int sample, Way way) throws IOException {
    long begin = System.nanoTime();
    Started program = way.start();
    double start = (System.nanoTime() - begin) / 1e6;
    try {
      program.end();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    if (sample >= 0) {
      started[sample] = start;
      ended[sample] = (System.nanoTime() - begin) / 1e6;
    }
  }

  private void addTo(Table table, String name) {
    Samples start = new Samples(started);
    Samples end = new Samples(ended);
    table.row(
        name,
        decimal(start.median()),
        decimal(start.quantile(0.9)),
        decimal(end.median()),
        decimal(end.quantile(0.9)));
  }
}
