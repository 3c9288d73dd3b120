package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.Slot;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a run's log consists of. Events are in batches. Of a batch one row has what is kept in
 * any case: all that is no output, and the first half of what a node and the run may have. Of
 * output beyond that each node has a row of its own, and the oldest of them leave when there is too
 * much: first the node's, then the run's. What has left of a node is one gap, at the place of the
 * last of it. Not thread-safe; decides only, and touches no database.
 */
final class ChunkShares {
  /** The node of the row that is kept in any case. */
  static final String KEPT = "";

  private static final int MOST_BYTES_OF_BATCH = 128 << 10;
  private static final int LEAST_BYTES_OF_BATCH = 256;

  private final LogBounds bounds;
  private final long bytesOfBatch;
  private final Map<NodeId, Node> nodes = new HashMap<>();
  private final Set<Tail> tails = new LinkedHashSet<>();
  private boolean headIsFull;
  private long headBytes;
  private long tailBytes;

  /** A row. */
  record Key(long batch, String node) {}

  /** Rows that leave, and then rows that come; how many bytes all rows have then. */
  record Changes(Set<Key> deleted, Map<Key, byte[]> inserted, long storedBytes, long last) {}

  private static final class Node {
    final Deque<Tail> tails = new ArrayDeque<>();
    boolean headIsFull;
    long headBytes;
    long tailBytes;
    @Nullable Key gap;
    long gapFrom;
  }

  /** A row of one node that may leave, and what of the node's output is in it. */
  private static final class Tail {
    final NodeId node;
    final Key key;
    final long bytes;
    final long from;
    final long end;
    final long last;

    Tail(NodeId node, Key key, List<Slot> slots, long bytes) {
      this.node = node;
      this.key = key;
      this.bytes = bytes;
      this.from = slots.getFirst().before();
      this.end = slots.getLast().end();
      this.last = slots.getLast().sequence();
    }
  }

  ChunkShares(LogBounds bounds) {
    this.bounds = bounds;
    this.bytesOfBatch =
        Math.clamp(
            Math.min(bounds.run() / 16, bounds.node() / 8),
            LEAST_BYTES_OF_BATCH,
            MOST_BYTES_OF_BATCH);
  }

  /**
   * A row that is there already; of its node in their order.
   *
   * @param slots that are in it, at least one
   */
  void isThere(Key key, List<Slot> slots, long bytes) {
    if (key.node().equals(KEPT)) {
      slots.stream().filter(ChunkShares::isOutput).forEach(this::isInHead);
      return;
    }
    NodeId id = new NodeId(key.node());
    Node node = node(id);
    node.headIsFull = true;
    boolean isGap = slots.size() == 1 && slots.getFirst().event() instanceof RunEvent.Gap;
    if (isGap && node.gap == null && node.tails.isEmpty()) {
      node.gap = key;
      node.gapFrom = slots.getFirst().before();
    } else {
      add(new Tail(id, key, slots, bytes), node);
    }
  }

  private void isInHead(Slot slot) {
    long bytes = LogBounds.costOf(slot.event());
    headBytes += bytes;
    node(slot.event().node()).headBytes += bytes;
  }

  /**
   * @param slots that follow all that are there; at least one
   */
  Changes add(List<Slot> slots) {
    Set<Key> deleted = new LinkedHashSet<>();
    Map<Key, byte[]> inserted = new LinkedHashMap<>();
    List<Slot> batch = new ArrayList<>();
    long bytes = 0;
    for (Slot slot : slots) {
      batch.add(slot);
      bytes += LogBounds.costOf(slot.event());
      if (bytes >= bytesOfBatch) {
        addBatch(batch, deleted, inserted);
        batch.clear();
        bytes = 0;
      }
    }
    if (!batch.isEmpty()) {
      addBatch(batch, deleted, inserted);
    }
    return new Changes(deleted, inserted, headBytes + tailBytes, slots.getLast().sequence());
  }

  private void addBatch(List<Slot> batch, Set<Key> deleted, Map<Key, byte[]> inserted) {
    long number = batch.getLast().sequence();
    List<Slot> kept = new ArrayList<>();
    Map<NodeId, List<Slot>> others = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    for (Slot slot : batch) {
      if (!isOutput(slot) || goesToHead(slot)) {
        kept.add(slot);
      } else {
        others.computeIfAbsent(slot.event().node(), id -> new ArrayList<>()).add(slot);
      }
    }
    if (!kept.isEmpty()) {
      inserted.put(new Key(number, KEPT), lines(kept));
    }
    others.forEach(
        (id, slots) -> {
          Key key = new Key(number, id.value());
          byte[] lines = lines(slots);
          inserted.put(key, lines);
          add(new Tail(id, key, slots, lines.length), node(id));
        });
    dropSurplus(others.keySet(), deleted, inserted);
  }

  private static boolean isOutput(Slot slot) {
    return slot.event() instanceof RunEvent.Output || slot.event() instanceof RunEvent.Gap;
  }

  private boolean goesToHead(Slot slot) {
    Node node = node(slot.event().node());
    long bytes = LogBounds.costOf(slot.event());
    headIsFull |= headBytes + bytes > bounds.run() / 2;
    node.headIsFull |= headIsFull || node.headBytes + bytes > bounds.node() / 2;
    if (!node.headIsFull) {
      isInHead(slot);
    }
    return !node.headIsFull;
  }

  private void add(Tail tail, Node node) {
    node.tails.add(tail);
    node.tailBytes += tail.bytes;
    tails.add(tail);
    tailBytes += tail.bytes;
  }

  private void dropSurplus(Set<NodeId> grown, Set<Key> deleted, Map<Key, byte[]> inserted) {
    for (NodeId id : grown) {
      Node node = node(id);
      while (node.tailBytes > bounds.node() / 2) {
        drop(node.tails.getFirst(), deleted, inserted);
      }
    }
    while (tailBytes > bounds.run() / 2) {
      drop(tails.iterator().next(), deleted, inserted);
    }
  }

  /** The oldest of its node, so that all that has left of a node is in one row. */
  private void drop(Tail tail, Set<Key> deleted, Map<Key, byte[]> inserted) {
    Node node = node(tail.node);
    node.tails.removeFirst();
    node.tailBytes -= tail.bytes;
    tails.remove(tail);
    tailBytes -= tail.bytes;
    bounds.budget().hasDropped(tail.end - tail.from);
    delete(tail.key, deleted, inserted);
    if (node.gap == null) {
      node.gapFrom = tail.from;
    } else {
      delete(node.gap, deleted, inserted);
    }
    node.gap = tail.key;
    RunEvent gap = new RunEvent.Gap(tail.node, node.gapFrom, tail.end - node.gapFrom);
    inserted.put(tail.key, new Slot(tail.last, gap, node.gapFrom).toLine());
  }

  private static void delete(Key key, Set<Key> deleted, Map<Key, byte[]> inserted) {
    if (inserted.remove(key) == null) {
      deleted.add(key);
    }
  }

  private Node node(NodeId id) {
    return nodes.computeIfAbsent(id, any -> new Node());
  }

  private static byte[] lines(List<Slot> slots) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    slots.forEach(slot -> lines.writeBytes(slot.toLine()));
    return lines.toByteArray();
  }
}
