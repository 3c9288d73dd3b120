package io.remoterun.relay.topology;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ways from one relay to what is below it, worked out once for a version of the node list.
 * Immutable.
 *
 * <p>The rules are Rudder's (relayd, {@code remote_run} and {@code data/node.rs}): a node is mine
 * when its policy server is me; else the way leads to the one of my nodes that comes first on the
 * way from it to the top. More than 20 levels is a loop.
 */
public final class Topology {
  private static final int MOST_LEVELS = 20;

  private final NodeId self;
  private final NodeList nodes;
  private final Map<NodeId, Step> steps = new HashMap<>();
  private final List<NodeId> all;
  private final List<Route> routesToAll;
  private final int mine;

  /** The first step to a node. */
  private sealed interface Step {
    record To(NodeEntry next) implements Step {}

    record None(RunFailure why) implements Step {}
  }

  /**
   * @param self the relay's own id
   * @param nodes what is below it, itself included
   */
  public Topology(NodeId self, NodeList nodes) {
    this.self = self;
    this.nodes = nodes;
    nodes.nodes().forEach(node -> steps.put(node.id(), stepTo(node)));
    this.all =
        nodes.nodes().stream()
            .filter(node -> !node.id().equals(self) || node.policyServer().equals(self))
            .map(NodeEntry::id)
            .toList();
    this.routesToAll = routesTo(all);
    this.mine = (int) routesToAll.stream().filter(Route.Mine.class::isInstance).count();
  }

  private Step stepTo(NodeEntry target) {
    NodeEntry node = target;
    for (int level = 0; level < MOST_LEVELS; level++) {
      if (node.policyServer().equals(self)) {
        return new Step.To(node);
      }
      Optional<NodeEntry> server = nodes.find(node.policyServer());
      if (server.isEmpty()) {
        return none(
            target,
            "the policy server of "
                + node.id()
                + ", "
                + node.policyServer()
                + ", is not in the node list");
      }
      node = server.get();
    }
    return none(target, "its policy servers never lead here");
  }

  private Step none(NodeEntry target, String why) {
    return new Step.None(
        new RunFailure(Kind.NO_ROUTE, hop(), "no way to node " + target.id() + ": " + why));
  }

  private String hop() {
    return "relay " + self;
  }

  /**
   * The nodes of a target, one by one: for {@link RunTarget.All} every node of the list but this
   * relay itself, where it is another one's node. A node that no way leads to is among them: that
   * is an error in the list, which is to be seen.
   */
  public List<NodeId> nodesOf(RunTarget target) {
    return switch (target) {
      case RunTarget.Nodes(List<NodeId> ids) -> ids;
      case RunTarget.All() -> all;
    };
  }

  /**
   * One route for each node that is mine or that has none, one for each relay that is to be asked.
   * A relay is always asked for nodes by name, for "all" too: its node list may be another version
   * than ours, and whoever counts terminal events has to know of which nodes.
   */
  public List<Route> routesTo(RunTarget target) {
    return switch (target) {
      case RunTarget.Nodes(List<NodeId> ids) -> routesTo(ids);
      case RunTarget.All() -> routesToAll;
    };
  }

  private List<Route> routesTo(List<NodeId> ids) {
    List<Route> routes = new ArrayList<>();
    Map<NodeEntry, List<NodeId>> behind = new LinkedHashMap<>();
    for (NodeId id : ids) {
      switch (firstStepTo(id)) {
        case Step.To(NodeEntry next) when next.id().equals(id) -> routes.add(new Route.Mine(next));
        case Step.To(NodeEntry next) ->
            behind.computeIfAbsent(next, relay -> new ArrayList<>()).add(id);
        case Step.None(RunFailure why) -> routes.add(new Route.Nowhere(id, why));
      }
    }
    behind.forEach((relay, below) -> routes.add(new Route.Via(relay, below)));
    return List.copyOf(routes);
  }

  private Step firstStepTo(NodeId id) {
    @Nullable Step step = steps.get(id);
    return step != null ? step : unknown(id);
  }

  private Step unknown(NodeId id) {
    return new Step.None(
        new RunFailure(
            Kind.UNKNOWN_NODE, hop(), "node " + id + " is not in the node list of this relay"));
  }

  /** How many nodes this relay triggers itself. */
  public int mine() {
    return mine;
  }

  /** The relays that are asked for nodes further down. */
  public List<NodeEntry> relays() {
    return routesToAll.stream()
        .filter(Route.Via.class::isInstance)
        .map(route -> ((Route.Via) route).relay())
        .toList();
  }

  /** How many nodes the list has. */
  public int size() {
    return nodes.nodes().size();
  }

  /** The id of the relay above this one; its own at the top; empty when the list does not tell. */
  public Optional<NodeId> policyServer() {
    return nodes.find(self).map(NodeEntry::policyServer);
  }

  /** Whether that is a node of the list, or the relay above this one, which the list only names. */
  boolean isKnown(NodeId id) {
    return find(id).isPresent() || policyServer().filter(id::equals).isPresent();
  }

  public Optional<NodeEntry> find(NodeId id) {
    return nodes.find(id);
  }
}
