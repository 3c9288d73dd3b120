package io.remoterun.benchmarks.fleet;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Nodes numbered from 0, each with an address of its own in 127.0.0.0/8, so that neither ends of
 * connections nor ports run out. The dead ones are spread evenly.
 *
 * @param nodes dead ones included
 */
public record SimulatedFleet(int nodes, int dead) {
  private static final int OCTETS = 250;
  private static final int MOST = 200 * OCTETS * OCTETS;

  public SimulatedFleet {
    if (nodes < 1 || nodes > MOST || dead < 0 || dead > nodes) {
      throw new IllegalArgumentException("no such fleet");
    }
  }

  public boolean isDead(int node) {
    return (node + 1L) * dead / nodes > (long) node * dead / nodes;
  }

  /** Looks like Rudder's. */
  public static NodeId id(int node) {
    return new NodeId(String.format(Locale.ROOT, "5eed0000-0000-4000-8000-%012x", node));
  }

  public List<NodeId> ids() {
    return IntStream.range(0, nodes).mapToObj(SimulatedFleet::id).toList();
  }

  public static InetAddress address(int node) {
    int high = node / OCTETS;
    byte[] octets = {
      127, (byte) (1 + high / OCTETS), (byte) (high % OCTETS), (byte) (1 + node % OCTETS)
    };
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  /** The entries of these nodes in a node list; all have the same key. */
  public Map<String, Map<String, String>> entries(KeyHash key, NodeId policyServer) {
    Map<String, Map<String, String>> entries = new LinkedHashMap<>();
    for (int node = 0; node < nodes; node++) {
      entries.put(id(node).value(), entry(address(node).getHostAddress(), key, policyServer));
    }
    return entries;
  }

  public static Map<String, String> entry(String hostname, KeyHash key, NodeId policyServer) {
    return Map.of(
        "hostname", hostname, "key-hash", key.toString(), "policy-server", policyServer.value());
  }

  /** Writes a {@code nodeslist.json}. */
  public static Path write(Path file, Map<String, Map<String, String>> entries) throws IOException {
    return Files.write(file, JsonMapper.shared().writeValueAsBytes(entries));
  }
}
