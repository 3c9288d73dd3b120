package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The events that a log keeps in memory: all but the output that its bounds make it drop, of which
 * it keeps the size. Each event costs O(1), and O(log n) to find a place. Not thread-safe.
 */
final class KeptOutput {
  /** Of an event, in bytes, beside the output itself; measured at 60 bytes of output. */
  static final int OVERHEAD = 100;

  private static final int OVERHEAD_OF_NODE = 600;

  private final LogBounds bounds;
  private final long mostOfHead;
  private final boolean isWindow;
  private final Slots slots = new Slots();
  private final Map<NodeId, OfNode> nodes = new HashMap<>();
  private boolean headIsFull;
  private long headBytes;
  private long tailBytes;
  private long otherBytes;
  private long writtenTo;
  private long releasedTo;

  private static final class OfNode {
    final NodeId id;
    boolean headIsFull;
    long headBytes;
    long tailBytes;
    long oldestInTail;
    long newestInTail;
    long gapAt;
    long gapFrom;

    OfNode(NodeId id) {
      this.id = id;
    }
  }

  private KeptOutput(LogBounds bounds, long mostOfHead, boolean isWindow) {
    this.bounds = bounds;
    this.mostOfHead = mostOfHead;
    this.isWindow = isWindow;
  }

  static KeptOutput of(LogBounds bounds) {
    return new KeptOutput(bounds, bounds.run() / 2, false);
  }

  /**
   * Of a log that is written elsewhere: keeps no head, what is written goes first, and what is not
   * yet written is dropped because of the run's bound only, never because of a node's or the
   * budget.
   */
  static KeptOutput window(LogBounds bounds) {
    return new KeptOutput(new LogBounds(bounds.run(), Long.MAX_VALUE, bounds.budget()), 0, true);
  }

  /** The event of the highest number yet. */
  void add(Slot slot) {
    if (slot.event() instanceof RunEvent.Output || slot.event() instanceof RunEvent.Gap) {
      addOutput(slot, nodes.computeIfAbsent(slot.event().node(), this::newNode));
    } else {
      takeAnyway(costOf(slot.event()));
      slots.put(slot, false);
    }
  }

  private OfNode newNode(NodeId id) {
    takeAnyway(OVERHEAD_OF_NODE);
    return new OfNode(id);
  }

  private void takeAnyway(long bytes) {
    bounds.budget().takeAnyway(bytes);
    otherBytes += bytes;
  }

  private void addOutput(Slot slot, OfNode node) {
    long cost = costOf(slot.event());
    boolean hasRoom = makeRoom(cost);
    if (hasRoom && isOfHead(node, cost)) {
      headBytes += cost;
      node.headBytes += cost;
      slots.put(withSharedId(slot, node), false);
      return;
    }
    headIsFull |= !hasRoom;
    node.headIsFull = true;
    if (!hasRoom) {
      bounds.budget().takeAnyway(cost);
    }
    addToTail(withSharedId(slot, node), node, cost);
    if (!hasRoom) {
      drop(slot.sequence());
    }
    while (node.tailBytes > bounds.node() - bounds.node() / 2) {
      drop(node.oldestInTail);
    }
    while (tailBytes > bounds.run() - mostOfHead) {
      drop(slots.oldestDroppable());
    }
  }

  /** The decoder makes an id for each event. */
  private static Slot withSharedId(Slot slot, OfNode node) {
    return slot.event() instanceof RunEvent.Output output
        ? new Slot(slot.sequence(), new RunEvent.Output(node.id, output.bytes()), slot.before())
        : slot;
  }

  private boolean isOfHead(OfNode node, long cost) {
    headIsFull |= headBytes + cost > mostOfHead;
    return !headIsFull && !node.headIsFull && node.headBytes + cost <= bounds.node() / 2;
  }

  private boolean makeRoom(long cost) {
    while (!bounds.budget().take(cost)) {
      long oldest = slots.oldestDroppable();
      if (isWindow && (oldest == 0 || oldest > writtenTo)) {
        bounds.budget().takeAnyway(cost);
        return true;
      }
      if (oldest == 0) {
        return false;
      }
      drop(oldest);
    }
    return true;
  }

  private void addToTail(Slot slot, OfNode node, long cost) {
    tailBytes += cost;
    node.tailBytes += cost;
    slots.put(slot, true);
    if (node.oldestInTail == 0) {
      node.oldestInTail = slot.sequence();
    } else {
      slots.link(node.newestInTail, slot.sequence());
    }
    node.newestInTail = slot.sequence();
  }

  /** The oldest of its node, so that all that is dropped of a node is in one row. */
  private void drop(long sequence) {
    Slot slot = slots.get(sequence);
    OfNode node = nodes.computeIfAbsent(slot.event().node(), this::newNode);
    long cost = costOf(slot.event());
    tailBytes -= cost;
    node.tailBytes -= cost;
    bounds.budget().giveBack(cost);
    node.oldestInTail = slots.nextOfNode(sequence);
    if (sequence <= writtenTo) {
      releasedTo = Math.max(releasedTo, sequence);
      slots.remove(sequence);
    } else {
      growGap(slot, node);
    }
  }

  private void growGap(Slot dropped, OfNode node) {
    if (dropped.event() instanceof RunEvent.Output output) {
      bounds.budget().hasDropped(output.bytes().size());
    }
    if (node.gapAt == 0) {
      takeAnyway(OVERHEAD);
      node.gapFrom = dropped.before();
    } else {
      slots.remove(node.gapAt);
    }
    node.gapAt = dropped.sequence();
    long size = dropped.before() + bytesOf(dropped.event()) - node.gapFrom;
    RunEvent gap = new RunEvent.Gap(node.id, node.gapFrom, size);
    slots.put(new Slot(node.gapAt, gap, node.gapFrom), false);
  }

  static long bytesOf(RunEvent event) {
    return switch (event) {
      case RunEvent.Output output -> output.bytes().size();
      case RunEvent.Gap gap -> gap.bytes();
      default -> 0;
    };
  }

  static long costOf(RunEvent event) {
    return OVERHEAD
        + switch (event) {
          case RunEvent.Output output -> (long) output.bytes().size();
          case RunEvent.Started started -> started.command().length();
          case RunEvent.Failed failed -> failed.failure().reason().length();
          default -> 0L;
        };
  }

  List<Slot> from(long sequence, int most) {
    return slots.from(sequence, most);
  }

  /** Output up to that number is elsewhere, so that it may leave without a gap. */
  void writtenTo(long sequence) {
    writtenTo = sequence;
  }

  /** Up to that number there may be output that has left without a gap. */
  long releasedTo() {
    return releasedTo;
  }

  /** All, also what is no output, because all is written. */
  void release(long last) {
    releasedTo = last;
    clear();
  }

  void clear() {
    bounds.budget().giveBack(headBytes + tailBytes + otherBytes);
    headBytes = 0;
    tailBytes = 0;
    otherBytes = 0;
    slots.clear();
    nodes.clear();
  }
}
