package io.remoterun.app.demo;

import io.remoterun.protocol.keys.KeyDigest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** {@code demo.json}: where everything is, for programs that work with the demo. */
record DemoFile(Webapp webapp, List<Relay> relays, List<Node> nodes) {

  record Webapp(String url, String token) {}

  record Relay(String id, String url, String token, String state) {}

  record Node(
      String id,
      String hostname,
      String address,
      int port,
      String keyDigest,
      String policyServer,
      String state) {}

  /** Appears whole or not at all, so that whoever waits for it can read it at once. */
  static void write(DemoFleet fleet, DemoState state) throws IOException {
    DemoFile file =
        new DemoFile(
            new Webapp(fleet.webappUrl().toString(), fleet.webappToken()),
            DemoHost.relays().stream().map(relay -> describe(relay, fleet, state)).toList(),
            DemoHost.nodes().stream().map(node -> describeNode(node, fleet, state)).toList());
    Path written = state.folder().resolve("demo.json.new");
    Files.write(
        written, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(file));
    Files.move(written, state.folder().resolve("demo.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Relay describe(DemoHost relay, DemoFleet fleet, DemoState state) {
    return new Relay(
        relay.id().value(),
        fleet.relayUrl(relay).toString(),
        fleet.relayToken(relay),
        state.of(relay).toString());
  }

  private static Node describeNode(DemoHost node, DemoFleet fleet, DemoState state) {
    InetSocketAddress address = fleet.nodeAddress(node);
    return new Node(
        node.id().value(),
        node.hostname(),
        address.getAddress().getHostAddress(),
        address.getPort(),
        KeyDigest.md5(state.key(node).publicKey()).toString(),
        node.policyServer().value(),
        state.of(node).toString());
  }
}
