package io.remoterun.app.demo;

import io.remoterun.protocol.run.NodeId;
import java.nio.file.Path;
import java.util.List;

/**
 * A host of the demo's fleet.
 *
 * @param folder its name below the state folder
 */
record DemoHost(NodeId id, String hostname, NodeId policyServer, boolean isRelay, String folder) {
  private static final NodeId RELAY = new NodeId("5b0f1c5e-2f1d-4c51-9d3e-6a0c7b8d2e10");

  static final DemoHost ROOT = relay(NodeId.ROOT, "server.demo.example", "relay-root");
  static final DemoHost SUB_RELAY = relay(RELAY, "relay.paris.demo.example", "relay-paris");
  static final DemoHost WEB =
      node("0c1d7f52-8b1e-4b7a-a1f4-3c9be6d5a001", "web.demo.example", ROOT);
  static final DemoHost DATABASE =
      node("0c1d7f52-8b1e-4b7a-a1f4-3c9be6d5a002", "database.demo.example", ROOT);
  static final DemoHost SHOP =
      node("0c1d7f52-8b1e-4b7a-a1f4-3c9be6d5a003", "shop.paris.demo.example", SUB_RELAY);

  /** Two nodes under the root, one behind the relay in Paris. Relays are nodes as well. */
  static final List<DemoHost> FLEET = List.of(ROOT, SUB_RELAY, WEB, DATABASE, SHOP);

  static List<DemoHost> relays() {
    return FLEET.stream().filter(DemoHost::isRelay).toList();
  }

  static List<DemoHost> nodes() {
    return FLEET.stream().filter(host -> !host.isRelay()).toList();
  }

  /** The hosts in the node list of this relay: what is below it, itself included. */
  List<DemoHost> below() {
    return FLEET.stream().filter(host -> host.isBelow(id)).toList();
  }

  private boolean isBelow(NodeId relay) {
    return id.equals(relay)
        || policyServer.equals(relay)
        || (relay.equals(NodeId.ROOT) && policyServer.equals(RELAY));
  }

  Path stateIn(Path state) {
    return state.resolve(folder);
  }

  private static DemoHost relay(NodeId id, String hostname, String folder) {
    return new DemoHost(id, hostname, NodeId.ROOT, true, folder);
  }

  private static DemoHost node(String id, String hostname, DemoHost policyServer) {
    String folder = "node-" + hostname.substring(0, hostname.indexOf('.'));
    return new DemoHost(new NodeId(id), hostname, policyServer.id(), false, folder);
  }
}
