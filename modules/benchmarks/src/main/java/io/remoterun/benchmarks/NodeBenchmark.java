package io.remoterun.benchmarks;

import static io.remoterun.benchmarks.Table.decimal;
import static io.remoterun.benchmarks.Table.whole;

import io.remoterun.benchmarks.process.Memory;
import io.remoterun.benchmarks.process.StartedProgram;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * How long the packaged node takes from the start of its process until it listens, and how much
 * memory it then takes, at rest and after a run, beside cf-serverd; and what its parts take.
 */
final class NodeBenchmark {
  private static final Set<String> OPTIONS = Set.of("quick", "rounds");
  private static final Pattern LISTENS = Pattern.compile("listens on \\S+:(\\d+) with");
  private static final Pattern READY = Pattern.compile(NodePart.READY);

  private final PrintStream out;
  private final int rounds;
  private final Map<String, List<Figures>> all = new LinkedHashMap<>();

  /** Of parts, which run nothing, what is after a run is 0. */
  private record Figures(double milliseconds, Memory atRest, Memory afterRun) {}

  private interface Measurement {
    Figures measure() throws IOException;
  }

  private interface Trigger {
    RealCfRunagent.Result trigger(int port) throws IOException;
  }

  private NodeBenchmark(Words options, PrintStream out) {
    this.out = out;
    this.rounds = (int) options.number("rounds", options.has("quick") ? 1 : 7);
  }

  static void run(Words options, PrintStream out) throws IOException {
    new NodeBenchmark(options.only(OPTIONS), out).run();
  }

  private void run() throws IOException {
    try (Workplace place = Workplace.make()) {
      TestHost relay = place.host("relay");
      TestHost node = place.host("node").trusting(relay);
      CfengineHost cfengine = CfengineHost.on(node);
      RealCfRunagent runagent = RealCfRunagent.on(CfengineHost.on(relay));
      Path agent = cfengine.script("agent", "echo one line\n");
      Trigger trigger = port -> runagent.trigger(port, node);
      NodeWays ways = NodeWays.prepare(place.folder());

      Map<String, Measurement> measurements = new LinkedHashMap<>();
      measurements.put("cf-serverd", () -> cfServerd(cfengine, agent, relay, trigger));
      ways.ofTheNode(settings(place.folder(), node, relay, agent), schedule(place.folder(), agent))
          .forEach((name, way) -> measurements.put(name, () -> node(way, trigger)));
      ways.ofParts(node.ppkeys()).forEach((name, way) -> measurements.put(name, () -> part(way)));
      out.println("measuring " + rounds + " rounds of " + measurements.size() + " programs ...");
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Measurement> each : measurements.entrySet()) {
          all.computeIfAbsent(each.getKey(), name -> new ArrayList<>())
              .add(each.getValue().measure());
        }
      }
    }
    print();
  }

  private static List<String> settings(Path folder, TestHost node, TestHost relay, Path agent) {
    String prefix = "--remote-run.node.";
    return List.of(
        prefix + "id=ours",
        prefix + "listen=127.0.0.1:0",
        prefix + "keys=" + node.ppkeys(),
        prefix + "admit-keys=" + relay.digest(),
        prefix + "agent.command=" + agent,
        prefix + "agent.disable-file=" + folder.resolve("disabled"));
  }

  /** Nothing of it is due while it is measured, unless that is at night. */
  private static List<String> schedule(Path folder, Path agent) throws IOException {
    Path file = folder.resolve("agentd.conf");
    Files.writeString(
        file,
        """
        [agent]
        command = "%s"
        period = "24h"
        interval_begin = "3h"
        interval_end = "3h30m"
        """
            .formatted(agent));
    String prefix = "--remote-run.node.schedule.";
    return List.of(prefix + "enabled=true", prefix + "file=" + file);
  }

  private static Figures cfServerd(CfengineHost host, Path agent, TestHost caller, Trigger trigger)
      throws IOException {
    long start = System.nanoTime();
    try (RealCfServerd serverd = RealCfServerd.start(host, agent, caller, ".*")) {
      double milliseconds = (System.nanoTime() - start) / 1e6;
      Memory atRest = settled(() -> Memory.of(serverd.pid()));
      check(trigger.trigger(serverd.port()));
      return new Figures(milliseconds, atRest, settled(() -> Memory.of(serverd.pid())));
    }
  }

  private static Figures node(List<String> command, Trigger trigger) throws IOException {
    try (StartedProgram node = StartedProgram.start(command, LISTENS)) {
      Memory atRest = settled(node::memory);
      check(trigger.trigger(node.port()));
      return new Figures(node.milliseconds(), atRest, settled(node::memory));
    }
  }

  private static Figures part(List<String> command) throws IOException {
    try (StartedProgram part = StartedProgram.start(command, READY)) {
      Memory atRest = settled(part::memory);
      return new Figures(part.milliseconds(), atRest, new Memory(0, 0));
    }
  }

  private static void check(RealCfRunagent.Result result) throws IOException {
    if (result.exitCode() != 0) {
      throw new IOException("a run failed, its memory says nothing: " + result.lines());
    }
  }

  private interface Look {
    Memory look() throws IOException;
  }

  /** What has begun with the start or the run is over by then. */
  private static Memory settled(Look look) throws IOException {
    try {
      TimeUnit.SECONDS.sleep(3);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return look.look();
  }

  private void print() {
    Table table =
        new Table(
            "median of " + rounds + ", in turn",
            "ready, ms",
            "resident, MiB",
            "own share",
            "after a run",
            "of cf-serverd");
    double reference = median("cf-serverd", figures -> figures.atRest().resident());
    for (String name : all.keySet()) {
      double resident = median(name, figures -> figures.atRest().resident());
      double afterRun = median(name, figures -> figures.afterRun().resident());
      table.row(
          name,
          whole(median(name, Figures::milliseconds)),
          decimal(resident),
          decimal(median(name, figures -> figures.atRest().own())),
          afterRun == 0 ? "" : decimal(afterRun),
          decimal(resident / reference));
    }
    table.print(out);
  }

  private double median(String name, ToDoubleFunction<Figures> figure) {
    return new Samples(all.getOrDefault(name, List.of()).stream().mapToDouble(figure).toArray())
        .median();
  }
}
