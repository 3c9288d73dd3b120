package io.remoterun.relay.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private static final NodeEntry ROOT = node("root", "root");
  private static final NodeEntry N1 = node("n1", "root");
  private static final NodeEntry R1 = node("r1", "root");
  private static final NodeEntry R2 = node("r2", "r1");
  private static final NodeEntry N3 = node("n3", "r1");
  private static final NodeEntry N4 = node("n4", "r2");

  @Test
  void aNodeIsMineWhenIAmItsPolicyServerElseTheRelayBelowMeOnItsWayUpIsAsked() {
    Topology topology = topology("root", ROOT, N1, R1, R2, N3, N4);

    assertThat(topology.routesTo(targets("n4", "n1", "r1", "n3", "root", "r2")))
        .containsExactly(
            new Route.Mine(N1),
            new Route.Mine(R1),
            new Route.Mine(ROOT),
            new Route.Via(R1, ids("n4", "n3", "r2")));
  }

  @Test
  void allIsEveryNodeAndRelaysAreAskedByName() {
    Topology topology = topology("root", ROOT, N1, R1, R2, N3, N4);

    assertThat(topology.nodesOf(RunTarget.all()))
        .isEqualTo(ids("root", "n1", "r1", "r2", "n3", "n4"));
    assertThat(topology.routesTo(RunTarget.all()))
        .containsExactly(
            new Route.Mine(ROOT),
            new Route.Mine(N1),
            new Route.Mine(R1),
            new Route.Via(R1, ids("r2", "n3", "n4")));
  }

  @Test
  void aSubRelayIsNotBelowItself() {
    Topology topology = topology("r1", R1, R2, N3, N4);

    assertThat(topology.routesTo(RunTarget.all()))
        .containsExactly(new Route.Mine(R2), new Route.Mine(N3), new Route.Via(R2, ids("n4")));
    assertThat(topology.routesTo(targets("r1")))
        .containsExactly(
            nowhere(
                "r1",
                Kind.NO_ROUTE,
                "relay r1",
                "no way to node r1: the policy server of r1, root, is not in the node list"));
    assertThat(topology.policyServer()).contains(NodeId.ROOT);
  }

  @Test
  void anUnknownNodeIsToldAsSuch() {
    assertThat(topology("root", ROOT).routesTo(targets("n9")))
        .containsExactly(
            nowhere(
                "n9",
                Kind.UNKNOWN_NODE,
                "relay root",
                "node n9 is not in the node list of this relay"));
  }

  @Test
  void orphansAndLoopsHaveNoRouteAndDoNotHang() {
    Topology topology =
        topology(
            "root",
            ROOT,
            node("orphan", "gone"),
            node("below", "orphan"),
            node("a", "b"),
            node("b", "a"),
            node("own", "own"));

    assertThat(topology.routesTo(RunTarget.all()))
        .containsExactly(
            new Route.Mine(ROOT),
            noRoute("orphan", "the policy server of orphan, gone, is not in the node list"),
            noRoute("below", "the policy server of orphan, gone, is not in the node list"),
            noRoute("a", "its policy servers never lead here"),
            noRoute("b", "its policy servers never lead here"),
            noRoute("own", "its policy servers never lead here"));
  }

  @Test
  void twentyLevelsAreTheLimit() {
    List<NodeEntry> chain = new ArrayList<>(List.of(ROOT, node("l1", "root")));
    for (int level = 2; level <= 21; level++) {
      chain.add(node("l" + level, "l" + (level - 1)));
    }
    Topology topology = topology("root", chain.toArray(NodeEntry[]::new));

    assertThat(topology.routesTo(targets("l20")))
        .containsExactly(new Route.Via(chain.get(1), ids("l20")));
    assertThat(topology.routesTo(targets("l21"))).first().isInstanceOf(Route.Nowhere.class);
  }

  private static Topology topology(String self, NodeEntry... nodes) {
    return new Topology(new NodeId(self), NodeList.of(List.of(nodes)));
  }

  private static NodeEntry node(String id, String policyServer) {
    return new NodeEntry(
        new NodeId(id), id + ".example.org", Optional.empty(), new NodeId(policyServer));
  }

  private static RunTarget targets(String... ids) {
    return new RunTarget.Nodes(ids(ids));
  }

  private static List<NodeId> ids(String... ids) {
    return Stream.of(ids).map(NodeId::new).toList();
  }

  private static Route noRoute(String node, String why) {
    return nowhere(node, Kind.NO_ROUTE, "relay root", "no way to node " + node + ": " + why);
  }

  private static Route nowhere(String node, Kind kind, String hop, String reason) {
    return new Route.Nowhere(new NodeId(node), new RunFailure(kind, hop, reason));
  }
}
