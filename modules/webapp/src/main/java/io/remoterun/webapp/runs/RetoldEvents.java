package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Of a run that is told again from its first event on, what is news. First it is shown what is
 * known, then what is told. Not thread-safe.
 */
final class RetoldEvents {

  private static final class Node {
    boolean hasStarted;
    boolean hasEnded;

    /** How much of its output is known, and how much of it was told again. */
    long known;

    long told;
  }

  private final Map<NodeId, Node> nodes = new HashMap<>();

  /** An event that is known, in the order in which they are. */
  void isKnown(RunEvent event) {
    Node node = node(event);
    node.hasStarted |= event instanceof RunEvent.Started;
    node.hasEnded |= event.isTerminal();
    switch (event) {
      case RunEvent.Output output -> node.known += output.bytes().size();
      case RunEvent.Gap gap -> node.known = Math.max(node.known, gap.end());
      default -> {}
    }
  }

  boolean isOpen(NodeId id) {
    Node node = nodes.get(id);
    return node == null || !node.hasEnded;
  }

  /** What of it was not known. */
  Optional<RunEvent> news(RunEvent event) {
    Node node = node(event);
    if (node.hasEnded) {
      return Optional.empty();
    }
    return switch (event) {
      case RunEvent.Started _ when node.hasStarted -> Optional.empty();
      case RunEvent.Output output -> news(node, output);
      case RunEvent.Gap gap -> news(node, gap);
      default -> Optional.of(event);
    };
  }

  private static Optional<RunEvent> news(Node node, RunEvent.Output output) {
    long from = node.told;
    node.told += output.bytes().size();
    if (node.told <= node.known) {
      return Optional.empty();
    }
    if (from >= node.known) {
      return Optional.of(output);
    }
    byte[] bytes = output.bytes().toByteArray();
    byte[] rest = Arrays.copyOfRange(bytes, Math.toIntExact(node.known - from), bytes.length);
    return Optional.of(new RunEvent.Output(output.node(), OutputBytes.copyOf(rest)));
  }

  private static Optional<RunEvent> news(Node node, RunEvent.Gap gap) {
    node.told = Math.max(node.told, gap.end());
    if (gap.end() <= node.known) {
      return Optional.empty();
    }
    long from = Math.max(gap.from(), node.known);
    return Optional.of(new RunEvent.Gap(gap.node(), from, gap.end() - from));
  }

  private Node node(RunEvent event) {
    return nodes.computeIfAbsent(event.node(), id -> new Node());
  }

  List<NodeId> open(List<NodeId> all) {
    return all.stream().filter(this::isOpen).toList();
  }
}
