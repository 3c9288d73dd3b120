package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import io.remoterun.benchmarks.fleet.FleetProcess;
import io.remoterun.benchmarks.fleet.SimulatedAgent;
import io.remoterun.benchmarks.fleet.SimulatedFleet;
import io.remoterun.benchmarks.process.RelayProcess;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Much output of one node through no relay (to cf-runagent), one, and two with HTTPS between them;
 * then the same with a client that hardly reads.
 */
final class StreamBenchmark {
  private static final Set<String> OPTIONS =
      Set.of("quick", "mib", "line-bytes", "heap-mb", "slow-seconds", "in-memory");
  private static final NodeId SITE = new NodeId("5eed0000-0000-4000-9000-000000000001");
  private static final int PIECE = 32 << 10;

  private final PrintStream out;
  private final SimulatedAgent agent;
  private final long heap;
  private final long slowSeconds;
  private final boolean inMemory;

  private StreamBenchmark(Words options, PrintStream out) {
    boolean quick = options.has("quick");
    this.out = out;
    int line = (int) options.number("line-bytes", 100);
    long lines = (options.number("mib", quick ? 8 : 1024) << 20) / line;
    this.agent = new SimulatedAgent(Duration.ZERO, lines, line, Math.max(1, PIECE / line));
    this.heap = options.number("heap-mb", 128);
    this.slowSeconds = options.number("slow-seconds", quick ? 30 : 600);
    this.inMemory = options.has("in-memory");
  }

  static void run(Words options, PrintStream out) throws IOException {
    new StreamBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    SimulatedFleet one = new SimulatedFleet(1, 0);
    List<String> flags = List.of("-Xmx" + heap + "m");
    try (Workplace place = Workplace.make()) {
      TestHost node = place.host("nodes");
      TestHost site = place.host("site");
      TestHost root = place.host("root");
      writeLists(one, node, site, root);
      out.printf(
          "one node, whose agent prints %s%nrelays with %s, output %s%n",
          agent, flags, inMemory ? "in memory" : "in files");
      try (FleetProcess simulator = FleetProcess.start(node, one, agent, 10);
          RelayProcess siteRelay =
              RelayProcess.start(
                  SITE, site, flags, kept(site, siteSettings(simulator, root.hash())));
          RelayProcess rootRelay =
              RelayProcess.start(NodeId.ROOT, root, flags, kept(root, rootSettings(siteRelay)));
          RunClient toSite = new RunClient(siteRelay);
          RunClient toRoot = new RunClient(rootRelay)) {
        Table table =
            new Table(
                "", "s", "MB/s", "of the first", "agent s", "MB received", "MB in gaps", "gaps");
        double reference = runagent(place, node, simulator, table);
        stream("node -> relay -> client", toSite, simulator, table, reference);
        stream("node -> relay -> relay -> client", toRoot, simulator, table, reference);
        slowly("the same, client reads 1 KiB/s", toRoot, simulator, table);
        table.print(out);
        printMemory(Map.of("relay at the node", siteRelay, "root relay", rootRelay));
      }
    }
  }

  private static void writeLists(SimulatedFleet one, TestHost node, TestHost site, TestHost root)
      throws IOException {
    SimulatedFleet.write(site.folder().resolve("nodeslist.json"), one.entries(node.hash(), SITE));
    Map<String, Map<String, String>> all = new LinkedHashMap<>(one.entries(node.hash(), SITE));
    all.put(SITE.value(), SimulatedFleet.entry("127.0.0.1", site.hash(), NodeId.ROOT));
    SimulatedFleet.write(root.folder().resolve("nodeslist.json"), all);
  }

  private static List<String> siteSettings(FleetProcess simulator, KeyHash root) {
    return List.of(
        "node-port=" + simulator.port(), "https.listen=127.0.0.1:0", "https.clients=" + root);
  }

  /** Where all of the output is kept in files, nothing of it has to be dropped. */
  private List<String> kept(TestHost relay, List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    if (!inMemory) {
      all.add("runs.folder=" + relay.folder().resolve("runs"));
      all.add("runs.output=8GB");
      all.add("runs.output-of-node=8GB");
      all.add("runs.disk=16GB");
    }
    return all;
  }

  private static List<String> rootSettings(RelayProcess site) {
    return List.of("addresses[" + SITE + "].https=" + site.https());
  }

  private double runagent(Workplace place, TestHost node, FleetProcess simulator, Table table)
      throws IOException {
    RealCfRunagent runagent = RealCfRunagent.on(CfengineHost.on(place.host("cf-runagent")));
    String address = SimulatedFleet.address(0).getHostAddress() + ":" + simulator.port();
    long start = System.nanoTime();
    int status = runToEnd(runagent.command(address, node));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (status != 0) {
      throw new IllegalStateException("cf-runagent ended with " + status);
    }
    double speed = agent.bytes() / 1e6 / seconds;
    row(
        "node -> cf-runagent",
        table,
        seconds,
        speed,
        1,
        agentSeconds(simulator),
        agent.bytes(),
        0,
        0);
    return speed;
  }

  private static int runToEnd(ProcessBuilder command) throws IOException {
    Process process =
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  private void stream(
      String chain, RunClient client, FleetProcess simulator, Table table, double reference)
      throws IOException {
    long start = System.nanoTime();
    RunCount count = client.run(List.of(SimulatedFleet.id(0)));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (count.finished != 1) {
      throw new IllegalStateException(count.failed + " " + count.reason);
    }
    if (count.bytes + count.gapBytes != agent.bytes()) {
      throw new IllegalStateException(
          "%d bytes and %d in gaps are not the %d that were printed"
              .formatted(count.bytes, count.gapBytes, agent.bytes()));
    }
    double speed = count.bytes / 1e6 / seconds;
    row(
        chain,
        table,
        seconds,
        speed,
        speed / reference,
        agentSeconds(simulator),
        count.bytes,
        count.gapBytes,
        count.gaps);
  }

  /** Until the agent has ended, or for so long that it is clear that it does not. */
  private void slowly(String chain, RunClient client, FleetProcess simulator, Table table)
      throws IOException {
    long ended = simulator.figures().number("ended");
    long start = System.nanoTime();
    long read = 0;
    try (InputStream events = client.events(List.of(SimulatedFleet.id(0)))) {
      while (simulator.figures().number("ended") == ended) {
        if (System.nanoTime() - start > slowSeconds * 1e9) {
          throw new IllegalStateException("the agent waits for the client");
        }
        read += events.readNBytes(1024).length;
        pause();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    table.row(
        chain,
        decimal(seconds),
        "",
        "",
        decimal(agentSeconds(simulator)),
        decimal(read / 1e6),
        "",
        "");
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static double agentSeconds(FleetProcess simulator) {
    return simulator.figures().number("agent-ms") / 1000.0;
  }

  private static void row(
      String chain,
      Table table,
      double seconds,
      double speed,
      double ratio,
      double agentSeconds,
      long bytes,
      long gapBytes,
      long gaps) {
    table.row(
        chain,
        decimal(seconds),
        decimal(speed),
        decimal(ratio),
        decimal(agentSeconds),
        decimal(bytes / 1e6),
        decimal(gapBytes / 1e6),
        whole(gaps));
  }

  private void printMemory(Map<String, RelayProcess> relays) {
    Table table = new Table("MiB", "most heap", "whole process", "CPU s");
    relays.forEach(
        (name, relay) -> {
          Words figures = relay.figures();
          table.row(
              name,
              whole(figures.number("heap-kb") / 1024),
              whole(figures.number("rss-kb") / 1024),
              decimal(figures.number("cpu-ms") / 1000.0));
        });
    table.print(out);
    out.printf("to reach: heap below %d MiB each, and the agent ends in its own time%n", heap);
  }
}
