package io.remoterun.benchmarks.fleet;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the simulated nodes have seen. Thread-safe. */
final class FleetCounters {
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong mostConnections = new AtomicLong();
  private final AtomicLong handshakes = new AtomicLong();
  private final AtomicLong agents = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong agentMillis = new AtomicLong();

  void opened() {
    long now = connections.incrementAndGet();
    mostConnections.accumulateAndGet(now, Math::max);
  }

  void closed() {
    connections.decrementAndGet();
  }

  void shookHands() {
    handshakes.incrementAndGet();
  }

  void started() {
    agents.incrementAndGet();
  }

  /** An agent has printed all, and the system has taken it. */
  void ended(long nanos) {
    agentMillis.set(nanos / 1_000_000);
    ended.incrementAndGet();
  }

  /** Of the agent that ended last: its time. */
  Map<String, Long> figures() {
    return Map.of(
        "connections", connections.get(),
        "most-connections", mostConnections.get(),
        "handshakes", handshakes.get(),
        "agents", agents.get(),
        "ended", ended.get(),
        "agent-ms", agentMillis.get());
  }
}
