package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import io.remoterun.benchmarks.fleet.SimulatedFleet;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.topology.Route;
import io.remoterun.relay.topology.Topology;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A very long node list: loading it, what it takes, and the way to one node and to all. */
final class NodeListBenchmark {
  private static final Set<String> OPTIONS = Set.of("quick", "nodes", "relays");
  private static final int LOADS = 5;
  private static final int LOOK_UPS = 100_000;

  private final PrintStream out;
  private final int nodes;
  private final int relays;

  private NodeListBenchmark(Words options, PrintStream out) {
    this.out = out;
    this.nodes = (int) options.number("nodes", options.has("quick") ? 1000 : 100_000);
    this.relays = (int) options.number("relays", 50);
  }

  static void run(Words options, PrintStream out) throws IOException {
    new NodeListBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    try (Workplace place = Workplace.make()) {
      KeyHash key = place.host("node").hash();
      Path file = SimulatedFleet.write(place.folder().resolve("nodeslist.json"), entries(key));
      Table table = new Table("%s entries, %d relays".formatted(whole(nodes), relays), "");
      table.row("file, MB", decimal(Files.size(file) / 1e6));
      double[] seconds = new double[LOADS];
      for (int load = 0; load < LOADS; load++) {
        long start = System.nanoTime();
        Topology topology = load(file);
        seconds[load] = (System.nanoTime() - start) / 1e9;
        if (topology.find(SimulatedFleet.id(nodes - 1)).isEmpty()) {
          throw new IllegalStateException("the last node is missing");
        }
      }
      table.row("load and work out the ways, ms, first time", decimal(1e3 * seconds[0]));
      table.row("the same, median of " + LOADS, decimal(1e3 * new Samples(seconds).median()));
      long before = heap();
      Topology topology = load(file);
      table.row("heap it takes, MiB", decimal((heap() - before) / (double) (1 << 20)));
      table.row("way to one node, µs", decimal(oneWay(topology) / 1e3));
      table.row("ways to all nodes, ms", decimal(allWays(topology) / 1e6));
      table.print(out);
    }
  }

  /** Relays below the root, and the nodes below these in turn. */
  private Map<String, Map<String, String>> entries(KeyHash key) {
    Map<String, Map<String, String>> entries = new LinkedHashMap<>();
    for (int node = 0; node < nodes; node++) {
      NodeId server = node < relays ? NodeId.ROOT : SimulatedFleet.id(node % relays);
      String host = "node%06d.site%02d.example.org".formatted(node, node % relays);
      entries.put(SimulatedFleet.id(node).value(), SimulatedFleet.entry(host, key, server));
    }
    return entries;
  }

  private static Topology load(Path file) throws IOException {
    return new Topology(NodeId.ROOT, NodeList.read(file));
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private double oneWay(Topology topology) {
    List<RunTarget> targets =
        new SimulatedFleet(nodes, 0).ids().stream().map(RunTarget::node).toList();
    return median(
        () -> {
          long start = System.nanoTime();
          for (int lookUp = 0; lookUp < LOOK_UPS; lookUp++) {
            check(topology.routesTo(targets.get(lookUp % nodes)), 1);
          }
          return (double) (System.nanoTime() - start) / LOOK_UPS;
        });
  }

  private double allWays(Topology topology) {
    return median(
        () -> {
          long start = System.nanoTime();
          List<Route> routes = topology.routesTo(RunTarget.all());
          double nanos = System.nanoTime() - start;
          check(routes, 2 * relays);
          return nanos;
        });
  }

  private static void check(List<Route> routes, int expected) {
    if (routes.size() != expected) {
      throw new IllegalStateException(routes.size() + " routes instead of " + expected);
    }
  }

  private static double median(Supplier<Double> measurement) {
    double[] samples = new double[LOADS];
    for (int sample = 0; sample < LOADS; sample++) {
      samples[sample] = measurement.get();
    }
    return new Samples(samples).median();
  }
}
