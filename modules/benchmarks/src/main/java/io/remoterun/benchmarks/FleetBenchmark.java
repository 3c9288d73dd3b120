package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import io.remoterun.benchmarks.fleet.FleetProcess;
import io.remoterun.benchmarks.fleet.SimulatedAgent;
import io.remoterun.benchmarks.fleet.SimulatedFleet;
import io.remoterun.benchmarks.process.RelayProcess;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run of a fleet, some of it dead, through the relay's HTTP API, beside the present tool: {@code
 * cf-runagent}, one host after the other.
 */
final class FleetBenchmark {
  private static final Set<String> OPTIONS =
      Set.of("quick", "nodes", "dead", "agent-ms", "connect-ms", "runs", "cf-runagent");

  private final PrintStream out;
  private final SimulatedFleet fleet;
  private final SimulatedAgent agent;
  private final long connectMillis;
  private final long runs;
  private final long withRunagent;

  private FleetBenchmark(Words options, PrintStream out) {
    boolean quick = options.has("quick");
    this.out = out;
    int nodes = Math.toIntExact(options.number("nodes", quick ? 20 : 1000));
    this.fleet = new SimulatedFleet(nodes, Math.toIntExact(options.number("dead", nodes / 20)));
    Duration time = Duration.ofMillis(options.number("agent-ms", quick ? 100 : 1000));
    this.agent = new SimulatedAgent(time, 10, 100, 1);
    this.connectMillis = options.number("connect-ms", quick ? 1000 : 5000);
    this.runs = options.number("runs", quick ? 2 : 6);
    this.withRunagent = options.number("cf-runagent", quick ? 1 : 20);
  }

  static void run(Words options, PrintStream out) throws IOException {
    new FleetBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    try (Workplace place = Workplace.make()) {
      TestHost nodes = place.host("nodes");
      TestHost relayHost = place.host("relay");
      try (FleetProcess simulator = FleetProcess.start(nodes, fleet, agent, fleet.nodes())) {
        SimulatedFleet.write(
            relayHost.folder().resolve("nodeslist.json"), fleet.entries(nodes.hash(), NodeId.ROOT));
        List<String> settings =
            List.of(
                "node-port=" + simulator.port(),
                "nodes-at-once=" + fleet.nodes(),
                "deadlines.connect=" + connectMillis + "ms",
                // The nodes share the relay's processors here.
                "deadlines.handshake=30s");
        out.printf(
            "%d nodes, %d of them dead; their agent prints %s%nrelay with %s%n",
            fleet.nodes(), fleet.dead(), agent, settings);
        warmUp(relayHost, settings);
        try (RelayProcess relay = RelayProcess.start(NodeId.ROOT, relayHost, List.of(), settings);
            RunClient client = new RunClient(relay)) {
          measure(place, nodes, simulator, relay, client);
        }
      }
    }
  }

  /** The nodes, which are not what is measured, have been running for long. */
  private void warmUp(TestHost relayHost, List<String> settings) throws IOException {
    try (RelayProcess relay = RelayProcess.start(NodeId.ROOT, relayHost, List.of(), settings);
        RunClient client = new RunClient(relay)) {
      client.run(fleet.ids());
    }
  }

  private void measure(
      Workplace place, TestHost nodes, FleetProcess simulator, RelayProcess relay, RunClient client)
      throws IOException {
    Table table =
        new Table(
            "", "s", "last that answers, s", "finished", "failed", "relay CPU s", "ms CPU a node");
    double bound = 5 + connectMillis / 1000.0;
    double[] seconds = new double[Math.toIntExact(runs)];
    for (int run = 0; run < runs; run++) {
      long cpu = relay.figures().number("cpu-ms");
      long start = System.nanoTime();
      RunCount count = client.run(fleet.ids());
      seconds[run] = (System.nanoTime() - start) / 1e9;
      cpu = relay.figures().number("cpu-ms") - cpu;
      check(count);
      table.row(
          "our relay, " + (run == 0 ? "first run after its start" : "run " + (run + 1)),
          decimal(seconds[run]),
          decimal((count.lastEnd - start) / 1e9),
          whole(count.finished),
          count.failed.toString(),
          decimal(cpu / 1000.0),
          decimal((double) cpu / fleet.nodes()));
    }
    double each = runagent(place, nodes, simulator);
    table.row(
        "cf-runagent, " + withRunagent + " nodes, one after the other",
        decimal(each * withRunagent),
        "",
        whole(withRunagent),
        "{}",
        "",
        "");
    int alive = fleet.nodes() - fleet.dead();
    table.row(
        "the same for " + whole(alive) + " that answer, reckoned",
        whole(each * alive),
        "",
        "",
        "",
        "",
        "");
    table.print(out);
    double median = new Samples(seconds).median();
    out.printf("to reach: %s s (5 s and one connect deadline)%n", decimal(bound));
    out.printf(
        "reached:  %s s the first time, %s s in the median, 1/%s of the present tool%n",
        decimal(seconds[0]), decimal(median), whole(each * alive / median));
    Words fleetFigures = simulator.figures();
    out.printf(
        "relay: at most %s MiB of memory, %s MiB of heap; at most %s connections to nodes%n",
        whole(relay.figures().number("rss-kb") / 1024.0),
        whole(relay.figures().number("heap-kb") / 1024.0),
        fleetFigures.text("most-connections"));
  }

  private void check(RunCount count) {
    long lines = (fleet.nodes() - fleet.dead()) * agent.lines();
    if (count.outcomes() != fleet.nodes()
        || !count.failed.equals(
            fleet.dead() == 0 ? Map.of() : Map.of("UNREACHABLE", (long) fleet.dead()))
        || count.lines != lines) {
      throw new IllegalStateException(
          "this run says nothing: finished %d, failed %s, %d of %d lines; the last failure: %s"
              .formatted(count.finished, count.failed, count.lines, lines, count.reason));
    }
  }

  /** The seconds that it takes for one node. */
  private double runagent(Workplace place, TestHost nodes, FleetProcess simulator)
      throws IOException {
    RealCfRunagent runagent = RealCfRunagent.on(CfengineHost.on(place.host("cf-runagent")));
    long start = System.nanoTime();
    int triggered = 0;
    for (int node = 0; triggered < withRunagent; node++) {
      if (!fleet.isDead(node)) {
        String address = SimulatedFleet.address(node).getHostAddress() + ":" + simulator.port();
        RealCfRunagent.Result result = runagent.trigger(address, nodes);
        if (result.exitCode() != 0 || result.lines().size() < agent.lines()) {
          throw new IllegalStateException("cf-runagent failed: " + result);
        }
        triggered++;
      }
    }
    return (System.nanoTime() - start) / 1e9 / withRunagent;
  }
}
