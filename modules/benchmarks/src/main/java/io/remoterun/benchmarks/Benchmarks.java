package io.remoterun.benchmarks;

import io.remoterun.benchmarks.fleet.FleetProcess;
import io.remoterun.benchmarks.fleet.FleetSimulator;
import io.remoterun.benchmarks.process.RelayProcess;
import io.remoterun.benchmarks.process.Words;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/**
 * {@code ./remote-run benchmark NAME}: runs one measurement and prints its table. Measurements
 * start this program again, as the processes that they measure.
 */
public final class Benchmarks {
  private static final String USAGE =
      """
      usage: ./remote-run benchmark NAME [--quick] [--OPTION=NUMBER ...]

        trigger    one trigger, beside cf-runagent and cf-serverd
        fleet      1,000 nodes, some dead, beside cf-runagent for one after the other
        scale      10,000 nodes on one relay of 512 MiB, and one other node meanwhile
        stream     1 GiB of output through two relays, also to a client that hardly reads
        nodelist   100,000 entries in nodeslist.json
        spawn      the start of a program, beside Java's own
        node       start and memory of the packaged node and of its parts, beside cf-serverd
        format     100 MB of output as a table, beside Rudder's formatter with mawk
        store      a run of 10,000 nodes into H2 and PostgreSQL, beside memory only
      """;

  private Benchmarks() {}

  public static void main(String[] arguments) throws IOException {
    String name = arguments.length == 0 ? "" : arguments[0];
    List<String> rest =
        Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
    switch (name) {
      case RelayProcess.WORD -> RelayProcess.runRole(rest.toArray(String[]::new));
      case FleetProcess.WORD -> FleetSimulator.simulate(Words.parse(rest));
      default -> measure(name, Words.parse(rest), System.out);
    }
  }

  static void measure(String name, Words options, PrintStream out) throws IOException {
    switch (name) {
      case "trigger" -> TriggerBenchmark.run(out);
      case "fleet" -> FleetBenchmark.run(options, out);
      case "scale" -> ScaleBenchmark.run(options, out);
      case "stream" -> StreamBenchmark.run(options, out);
      case "format" -> FormatBenchmark.run(options, out);
      case "node" -> NodeBenchmark.run(options, out);
      case "nodelist" -> NodeListBenchmark.run(options, out);
      case "store" -> StoreBenchmark.run(options, out);
      case "spawn" -> SpawnBenchmark.run(options, out);
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
    out.println("again: ./remote-run benchmark " + name + " " + options);
  }
}
