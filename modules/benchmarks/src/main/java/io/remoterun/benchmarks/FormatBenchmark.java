package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.benchmarks.process.Words;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What many nodes have printed, formatted by the packaged command line and by Rudder's formatter
 * with mawk and gawk: whole processes, from a file to {@code /dev/null}.
 */
final class FormatBenchmark {
  private static final Set<String> OPTIONS = Set.of("quick", "rounds", "megabytes", "awk");

  /** In /proc/self/stat, counted from the state, which is the third field there; see proc(5). */
  private static final int USER_TIME_OF_CHILDREN = 13;

  private static final double TICKS_A_SECOND = 100;

  /** Where rudder-agent has its formatter. */
  private static final String RUDDERS = "/opt/rudder/share/lib/reports.awk";

  private static final String REPORT =
      "R: @@%s@@%s@@32377fd7-02fd-43d0-aab7-28460a91347b@@d%d@@0@@%s@@%s"
          + "@@2026-11-02 08:15:01+00:00##8f2c1a60-5d1e-4b7a-9a51-0d6c5b9f3e11@#%s";

  private static final List<String> STATES =
      List.of(
          "result_success",
          "result_success",
          "result_na",
          "audit_compliant",
          "result_repaired",
          "log_info",
          "audit_noncompliant",
          "result_error");

  private final Map<String, List<String>> programs = new LinkedHashMap<>();

  private FormatBenchmark(Path formatter) {
    Path self = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    Path project = self.resolve("../../../..").normalize();
    String launcher = project.resolve("remote-run").toString();
    for (String awk : List.of("mawk", "gawk")) {
      programs.put(awk + ", Rudder's formatter", awk(awk, formatter));
    }
    for (String mode : List.of("rudder", "table")) {
      programs.put(
          "remote-run format --mode=" + mode,
          List.of(launcher, "format", "--host-column", "--mode=" + mode));
    }
  }

  private static List<String> awk(String program, Path formatter) {
    List<String> command = new ArrayList<>(List.of(program));
    for (String variable :
        List.of("info=0", "full_strings=0", "summary_only=0", "quiet=0", "multihost=1")) {
      command.addAll(List.of("-v", variable));
    }
    command.addAll(List.of("-v", "has_fflush=OK", "-f", formatter.toString()));
    return command;
  }

  static void run(Words options, PrintStream out) throws IOException {
    Words known = options.only(OPTIONS);
    Path formatter = Path.of(known.has("awk") ? known.text("awk") : RUDDERS);
    if (!Files.isReadable(formatter)) {
      throw new IllegalArgumentException(
          "Rudder's formatter is not at "
              + formatter
              + ": install rudder-agent, or say --awk=FILE for its share/lib/reports.awk");
    }
    int rounds = (int) known.number("rounds", known.has("quick") ? 1 : 7);
    long bytes = known.number("megabytes", known.has("quick") ? 5 : 100) * 1_000_000;
    Path raw = Files.createTempFile("raw", ".txt");
    try {
      write(raw, bytes);
      new FormatBenchmark(formatter).measure(raw, rounds, out);
    } finally {
      Files.delete(raw);
    }
  }

  private void measure(Path raw, int rounds, PrintStream out) throws IOException {
    Map<String, double[]> times = new LinkedHashMap<>();
    Map<String, double[]> processorTimes = new LinkedHashMap<>();
    // In turn, so that all have what the machine has for them; once before, to lay things out.
    for (int round = -1; round < rounds; round++) {
      for (Map.Entry<String, List<String>> program : programs.entrySet()) {
        double processorTime = processorTimeOfChildren();
        double milliseconds = time(program.getValue(), raw);
        if (round >= 0) {
          String name = program.getKey();
          times.computeIfAbsent(name, any -> new double[rounds])[round] = milliseconds;
          processorTimes.computeIfAbsent(name, any -> new double[rounds])[round] =
              processorTimeOfChildren() - processorTime;
        }
      }
    }
    double mawk = new Samples(times.values().iterator().next()).median();
    double processorTimeOfMawk = new Samples(processorTimes.values().iterator().next()).median();
    Table table =
        new Table(
            "s, of " + Files.size(raw) / 1_000_000 + " MB",
            "least",
            "median",
            "MB/s",
            "of mawk's time",
            "processors",
            "of mawk's");
    times.forEach(
        (name, measured) -> {
          Samples samples = new Samples(measured);
          double processors =
              new Samples(Objects.requireNonNull(processorTimes.get(name))).median();
          table.row(
              name,
              decimal(samples.quantile(0) / 1e3),
              decimal(samples.median() / 1e3),
              Table.whole(size(raw) / 1e3 / samples.median()),
              decimal(samples.median() / mawk),
              decimal(processors),
              decimal(processors / processorTimeOfMawk));
        });
    table.print(out);
  }

  /**
   * In seconds, of all processes that this one has started and that have ended: what programs need
   * also where others take turns with them.
   */
  private static double processorTimeOfChildren() throws IOException {
    // The name of the program, in brackets, may have spaces.
    String fields = Files.readString(Path.of("/proc/self/stat")).replaceFirst(".*\\) ", "");
    String[] words = fields.split(" ", -1);
    return (Long.parseLong(words[USER_TIME_OF_CHILDREN])
            + Long.parseLong(words[USER_TIME_OF_CHILDREN + 1]))
        / TICKS_A_SECOND;
  }

  private static long size(Path raw) {
    return raw.toFile().length();
  }

  private static double time(List<String> command, Path raw) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(raw.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C.UTF-8");
    long begin = System.nanoTime();
    try {
      int status = builder.start().waitFor();
      if (status != 0) {
        throw new IOException(command + " ended with " + status);
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  /** Node after node, as cf-runagent has them: 27 lines each, most of them reports. */
  private static void write(Path raw, long bytes) throws IOException {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(raw), 1 << 20)) {
      long written = 0;
      for (int node = 0; written < bytes; node++) {
        byte[] output = outputOf("10.%d.%d.%d".formatted(node >> 16, node >> 8 & 255, node & 255));
        file.write(output);
        written += output.length;
      }
    }
  }

  private static byte[] outputOf(String host) {
    StringBuilder lines = new StringBuilder();
    lines.append(host).append("> cf-serverd executing cfruncommand: rudder agent run -R\n");
    String prefix = host + "> -> ";
    lines.append(prefix).append("Rudder agent 9.0.0\n");
    lines.append(prefix).append("ok: Rudder agent promises were updated.\n");
    lines.append(prefix).append(control("start")).append('\n');
    for (int i = 0; i < 22; i++) {
      String state = STATES.get(i % STATES.size());
      lines
          .append(prefix)
          .append(
              REPORT.formatted(
                  i % 5 == 0 ? "A technique whose name is quite long" : "Common",
                  state,
                  i / 4,
                  i % 3 == 0 ? "Configuration of sshd" : "package",
                  i % 4 == 0 ? "None" : "/etc/ssh/sshd_config.d/10-" + i + ".conf",
                  "The file or package number " + i + " was as it was found"))
          .append('\n');
    }
    lines.append(prefix).append(control("end")).append('\n');
    return lines.toString().getBytes(UTF_8);
  }

  private static String control(String component) {
    return REPORT
        .formatted("Common", "control", 0, component, "20261102", "execution")
        .replaceFirst("@@32377fd7-[^@]*@@d0@@", "@@rudder@@run@@");
  }
}
