package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import io.remoterun.benchmarks.fleet.FleetProcess;
import io.remoterun.benchmarks.fleet.SimulatedAgent;
import io.remoterun.benchmarks.fleet.SimulatedFleet;
import io.remoterun.benchmarks.process.RelayProcess;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One run of very many nodes on one relay with a small heap, and meanwhile, each second, a trigger
 * of one node more, which must not have to wait for the others.
 */
final class ScaleBenchmark {
  private static final Set<String> OPTIONS =
      Set.of(
          "quick", "nodes", "agent-ms", "lines", "nodes-at-once", "handshakes-at-once", "heap-mb");
  private static final long MOST_DELAY = 1000;

  private final PrintStream out;
  private final SimulatedFleet fleet;
  private final SimulatedAgent agent;
  private final long nodesAtOnce;
  private final long handshakesAtOnce;
  private final long heap;

  private ScaleBenchmark(Words options, PrintStream out) {
    boolean quick = options.has("quick");
    this.out = out;
    this.fleet = new SimulatedFleet((int) options.number("nodes", quick ? 30 : 10_000), 0);
    Duration time = Duration.ofMillis(options.number("agent-ms", quick ? 100 : 1000));
    this.agent = new SimulatedAgent(time, options.number("lines", 200), 100, 10);
    this.nodesAtOnce = options.number("nodes-at-once", 1000);
    this.handshakesAtOnce = options.number("handshakes-at-once", 16);
    this.heap = options.number("heap-mb", 512);
  }

  static void run(Words options, PrintStream out) throws IOException {
    new ScaleBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    // One more, which is not in the run, and whose process is not busy with the others.
    NodeId other = SimulatedFleet.id(fleet.nodes());
    SimulatedFleet one = new SimulatedFleet(1, 0);
    int connections = (int) Math.min(nodesAtOnce + 100, fleet.nodes());
    try (Workplace place = Workplace.make()) {
      TestHost nodes = place.host("nodes");
      TestHost relayHost = place.host("relay");
      TestHost otherHost = place.host("other node");
      try (FleetProcess simulator = FleetProcess.start(nodes, fleet, agent, connections);
          FleetProcess otherNode = FleetProcess.start(otherHost, one, agent, 1)) {
        writeList(relayHost, nodes, otherHost, other);
        List<String> flags = List.of("-Xmx" + heap + "m");
        List<String> settings =
            List.of(
                "node-port=" + simulator.port(),
                "addresses["
                    + other
                    + "].node="
                    + SimulatedFleet.address(0).getHostAddress()
                    + ":"
                    + otherNode.port(),
                "nodes-at-once=" + nodesAtOnce,
                "handshakes-at-once=" + handshakesAtOnce,
                // The nodes share the relay's processors here.
                "deadlines.handshake=30s");
        out.printf(
            "%s nodes, whose agent prints %s%nrelay with %s and %s%n",
            whole(fleet.nodes()), agent, flags, settings);
        try (RelayProcess relay = RelayProcess.start(NodeId.ROOT, relayHost, flags, settings);
            RunClient client = new RunClient(relay)) {
          measure(simulator, relay, client, other);
        }
      }
    }
  }

  private void writeList(TestHost relay, TestHost nodes, TestHost otherNode, NodeId other)
      throws IOException {
    Map<String, Map<String, String>> entries =
        new LinkedHashMap<>(fleet.entries(nodes.hash(), NodeId.ROOT));
    entries.put(
        other.value(), SimulatedFleet.entry("other.example.org", otherNode.hash(), NodeId.ROOT));
    SimulatedFleet.write(relay.folder().resolve("nodeslist.json"), entries);
  }

  private void measure(FleetProcess simulator, RelayProcess relay, RunClient client, NodeId other)
      throws IOException {
    OtherTriggers alone = new OtherTriggers(client, other);
    alone.trigger(fleet.nodes() < 100 ? 2 : 10);
    Words before = relay.figures();
    Words nodesBefore = simulator.figures();
    RunCount count;
    double seconds;
    OtherTriggers meanwhile = new OtherTriggers(client, other);
    meanwhile.startEachSecond();
    try {
      long start = System.nanoTime();
      count = client.run(fleet.ids());
      seconds = (System.nanoTime() - start) / 1e9;
    } finally {
      meanwhile.stop();
    }
    Words after = relay.figures();
    Words nodesAfter = simulator.figures();
    print(count, seconds, before, after, nodesBefore, nodesAfter);
    printDelay(alone.milliseconds(), meanwhile.milliseconds());
    if (count.outcomes() != fleet.nodes() || count.finished != fleet.nodes()) {
      throw new IllegalStateException("not all agents ran; the last failure: " + count.reason);
    }
  }

  private void print(
      RunCount count,
      double seconds,
      Words before,
      Words after,
      Words nodesBefore,
      Words nodesAfter) {
    double cpu = after.number("cpu-ms") - (double) before.number("cpu-ms");
    double nodesCpu = nodesAfter.number("cpu-ms") - (double) nodesBefore.number("cpu-ms");
    double handshakes = nodesAfter.number("handshakes") - (double) nodesBefore.number("handshakes");
    long lines = fleet.nodes() * agent.lines();
    Table table = new Table(whole(fleet.nodes()) + " nodes on one relay", "");
    table
        .row("outcomes", whole(count.outcomes()))
        .row("of these finished / failed", count.finished + " / " + count.failed)
        .row("wall time, s", decimal(seconds))
        .row("triggers/s", whole(fleet.nodes() / seconds))
        .row("handshakes/s", whole(handshakes / seconds))
        .row("connections at a time, at most", nodesAfter.text("most-connections"))
        .row("lines printed / received", whole(lines) + " / " + whole(count.lines))
        .row("bytes received", whole(count.bytes))
        .row("gaps / bytes in them", count.gaps + " / " + whole(count.gapBytes))
        .row(
            "bytes not accounted for",
            whole(lines * agent.lineBytes() - count.bytes - count.gapBytes))
        .row("relay: CPU for a trigger, ms", decimal(cpu / fleet.nodes()))
        .row("simulated nodes: CPU for a trigger, ms", decimal(nodesCpu / fleet.nodes()))
        .row("relay: most memory, MiB", whole(after.number("rss-kb") / 1024))
        .row("relay: most heap, MiB", whole(after.number("heap-kb") / 1024))
        .print(out);
  }

  private void printDelay(Samples alone, Samples meanwhile) {
    Table table =
        new Table("one other node, each second, ms", "triggers", "median", "90 %", "most");
    for (Samples samples : List.of(alone, meanwhile)) {
      table.row(
          samples == alone ? "  before the run" : "  during the run",
          whole(samples.count()),
          whole(samples.median()),
          whole(samples.quantile(0.9)),
          whole(samples.quantile(1)));
    }
    table.print(out);
    double delay = meanwhile.quantile(1) - alone.median();
    out.printf(
        "to reach: at most %s ms later than alone; reached: %s ms%n", MOST_DELAY, whole(delay));
  }
}
