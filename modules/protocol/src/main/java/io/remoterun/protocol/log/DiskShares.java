package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How much output of each node is in the files of a log. Not thread-safe. */
final class DiskShares {
  private final long mostBytes;
  private final Map<NodeId, Long> bytes;
  private boolean fillHead;

  /**
   * @param mostBytes of one node
   * @param bytes that are there
   */
  DiskShares(long mostBytes, Map<NodeId, Long> bytes) {
    this.mostBytes = mostBytes;
    this.bytes = new HashMap<>();
    bytes.forEach(this::add);
  }

  void add(NodeId node, long more) {
    fillHead |= bytes.merge(node, more, Long::sum) > mostBytes / 2;
  }

  void drop(Map<NodeId, Long> dropped) {
    dropped.forEach((node, less) -> bytes.merge(node, -less, (now, by) -> Math.max(0, now + by)));
  }

  /** Whether a node has ever had half of what it may have: that half is for how it began. */
  boolean fillHead() {
    return fillHead;
  }

  /** The nodes that have more than they may. */
  Set<NodeId> tooMuch() {
    return bytes.entrySet().stream()
        .filter(share -> share.getValue() > mostBytes)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
