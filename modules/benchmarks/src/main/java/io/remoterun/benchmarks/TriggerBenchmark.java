package io.remoterun.benchmarks;

import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.RealCfServerd;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long it takes from the trigger to the end of a run whose agent prints one line: ours, theirs
 * and the two mixed, in turn, so that whatever else the machine does hits all alike.
 *
 * <p>Of our relay it is the whole of it that is measured, from the HTTP request to the last event;
 * of cf-runagent the process that Rudder's relay starts for each node.
 */
final class TriggerBenchmark {
  /** A relay runs for weeks; after 100 triggers Java is still compiling it. */
  private static final int WARM_UP = 400;

  private static final int TRIGGERS = 50;
  private static final NodeId OURS = new NodeId("ours");
  private static final NodeId THEIRS = new NodeId("cf-serverd");

  private TriggerBenchmark() {}

  private interface Call {
    void trigger() throws IOException;
  }

  static void run(PrintStream out) throws IOException {
    Path folder = Files.createTempDirectory("remote-run-benchmark-");
    try {
      run(folder, out);
    } finally {
      delete(folder);
    }
  }

  private static void run(Path folder, PrintStream out) throws IOException {
    TestHost relayHost = TestHost.make(folder, "relay");
    TestHost nodeHost = TestHost.make(folder, "node");
    CfengineHost cfengine = CfengineHost.on(nodeHost);
    RealCfRunagent runagent = RealCfRunagent.on(CfengineHost.on(relayHost));
    Path agent = cfengine.script("agent", "echo one line\n");
    try (RealCfServerd serverd = RealCfServerd.start(cfengine, agent, relayHost, ".*");
        Roles roles = new Roles()) {
      int ours = roles.startNode(nodeHost, relayHost, agent);
      RelayClient relay =
          roles.startRelay(
              relayHost,
              Map.of(OURS, nodeHost, THEIRS, nodeHost),
              Map.of(OURS, ours, THEIRS, serverd.port()));
      Map<String, Call> calls = new LinkedHashMap<>();
      calls.put("our relay -> our node", () -> trigger(relay, OURS));
      calls.put("our relay -> cf-serverd", () -> trigger(relay, THEIRS));
      calls.put(
          "cf-runagent -> cf-serverd",
          () -> check(runagent.trigger(serverd.port(), nodeHost).exitCode() == 0));
      out.println("measuring for one to two minutes ...");
      print(out, measure(calls));
    }
  }

  private static void trigger(RelayClient relay, NodeId node) {
    List<RunEvent> events = Roles.trigger(relay, node);
    check(events.stream().anyMatch(RunEvent.Output.class::isInstance));
    check(events.getLast() instanceof RunEvent.Finished finished && !finished.status().isFailure());
  }

  private static void check(boolean ran) {
    if (!ran) {
      throw new IllegalStateException("a run failed; its time says nothing");
    }
  }

  private static Map<String, Samples> measure(Map<String, Call> calls) throws IOException {
    Map<String, double[]> times = new LinkedHashMap<>();
    calls.keySet().forEach(name -> times.put(name, new double[TRIGGERS]));
    for (int round = -WARM_UP; round < TRIGGERS; round++) {
      for (Map.Entry<String, Call> call : calls.entrySet()) {
        long start = System.nanoTime();
        call.getValue().trigger();
        double milliseconds = (System.nanoTime() - start) / 1e6;
        if (round >= 0) {
          times.getOrDefault(call.getKey(), new double[TRIGGERS])[round] = milliseconds;
        }
      }
    }
    Map<String, Samples> samples = new LinkedHashMap<>();
    times.forEach((name, time) -> samples.put(name, new Samples(time)));
    return samples;
  }

  private static void print(PrintStream out, Map<String, Samples> samples) {
    double reference = samples.values().stream().reduce((a, b) -> b).orElseThrow().median();
    out.printf(
        "%d triggers each, in turn, after %d to warm up; the agent prints one line%n%n",
        TRIGGERS, WARM_UP);
    out.printf("%-28s%10s%10s%10s%12s%n", "milliseconds", "min", "median", "90 %", "of the last");
    samples.forEach(
        (name, sample) ->
            out.printf(
                Locale.ROOT,
                "%-28s%10.1f%10.1f%10.1f%12.2f%n",
                name,
                sample.quantile(0),
                sample.median(),
                sample.quantile(0.9),
                sample.median() / reference));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
