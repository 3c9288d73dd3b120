package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Which transport triggers which node. Thread-safe where the choice is. */
public final class Transports {
  private final Function<NodeEntry, NodeTransport> choice;

  /** These nodes are to be triggered by one call of that transport. */
  public record Call(NodeTransport transport, List<NodeEntry> nodes) {
    public Call {
      nodes = List.copyOf(nodes);
    }
  }

  public Transports(Function<NodeEntry, NodeTransport> choice) {
    this.choice = choice;
  }

  /** That one for every node. */
  public static Transports only(NodeTransport transport) {
    return new Transports(node -> transport);
  }

  /** That of the node. */
  public NodeTransport of(NodeEntry node) {
    return choice.apply(node);
  }

  /** Each node in one call, in their order, with as many in a call as its transport takes. */
  public List<Call> callsFor(List<NodeEntry> nodes) {
    Map<NodeTransport, List<NodeEntry>> chosen = new LinkedHashMap<>();
    for (NodeEntry node : nodes) {
      chosen.computeIfAbsent(choice.apply(node), transport -> new ArrayList<>()).add(node);
    }
    List<Call> calls = new ArrayList<>();
    chosen.forEach((transport, its) -> addCalls(calls, transport, its));
    return calls;
  }

  private static void addCalls(List<Call> calls, NodeTransport transport, List<NodeEntry> nodes) {
    int most = transport.nodesOfOneCall();
    int from = 0;
    while (from < nodes.size()) {
      int to = from + Math.min(most, nodes.size() - from);
      calls.add(new Call(transport, nodes.subList(from, to)));
      from = to;
    }
  }
}
