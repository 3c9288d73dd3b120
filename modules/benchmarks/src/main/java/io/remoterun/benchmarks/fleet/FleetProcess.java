package io.remoterun.benchmarks.fleet;

import com.sun.management.UnixOperatingSystemMXBean;
import io.remoterun.benchmarks.process.JvmProcess;
import io.remoterun.benchmarks.process.Words;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** The simulator in a process of its own, so that what it costs is not taken for the relay's. */
public final class FleetProcess implements AutoCloseable {
  /** Its word, see {@link io.remoterun.benchmarks.Benchmarks}. */
  public static final String WORD = "simulator";

  private static final int FILES_OF_HOLE = 5;
  private static final int OTHER_FILES = 200;

  private final JvmProcess process;

  private FleetProcess(JvmProcess process) {
    this.process = process;
  }

  /**
   * @param host whose key all nodes have, and whose folder gets the log
   * @param connections how many there may be at a time
   */
  public static FleetProcess start(
      TestHost host, SimulatedFleet fleet, SimulatedAgent agent, int connections)
      throws IOException {
    requireFiles(fleet.nodes() + fleet.dead() * FILES_OF_HOLE + connections + OTHER_FILES);
    List<String> words = new ArrayList<>(List.of(WORD));
    words.add("--nodes=" + fleet.nodes());
    words.add("--dead=" + fleet.dead());
    words.add("--key=" + host.ppkeys().resolve("localhost.priv"));
    words.addAll(agent.words());
    return new FleetProcess(
        JvmProcess.start(
            host.folder().resolve("simulator.log"), List.of("-Xms256m", "-Xmx1g"), words));
  }

  /** Java raises its soft limit to the hard one by itself. */
  private static void requireFiles(long needed) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < needed) {
      throw new IllegalArgumentException(
          "the simulator needs "
              + needed
              + " open files, and may have "
              + system.getMaxFileDescriptorCount()
              + ": raise the limit (ulimit -Hn), or simulate fewer nodes");
    }
  }

  public int port() {
    return Math.toIntExact(process.ready().number("port"));
  }

  /** Those of {@link FleetCounters} and {@link io.remoterun.benchmarks.process.ParentLink}. */
  public Words figures() {
    return process.figures();
  }

  @Override
  public void close() {
    process.close();
  }
}
