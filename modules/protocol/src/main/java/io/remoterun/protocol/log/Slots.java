package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Events by their numbers, in blocks, because there may be millions and each costs its share of a
 * block only. Some are output that may be dropped. Not thread-safe.
 */
final class Slots {
  private static final int SIZE = 32;

  private final TreeMap<Long, Block> blocks = new TreeMap<>();

  /** Nothing below it can be dropped. */
  private long droppableFrom = 1;

  private static final class Block {
    final long first;
    final @Nullable RunEvent[] events = new @Nullable RunEvent[SIZE];
    final long[] before = new long[SIZE];
    final long[] nextOfNode = new long[SIZE];
    int used;
    int droppable;

    Block(long first) {
      this.first = first;
    }

    /** Of the bits, those from that number on. */
    int from(long sequence, int bits) {
      return sequence <= first ? bits : bits & (-1 << (sequence - first));
    }

    Slot slot(int index) {
      RunEvent event = events[index];
      if (event == null) {
        throw new IllegalStateException("there is nothing at " + (first + index));
      }
      return new Slot(first + index, event, before[index]);
    }
  }

  void put(Slot slot, boolean droppable) {
    long sequence = slot.sequence();
    Block block = blocks.isEmpty() ? null : blocks.lastEntry().getValue();
    if (block == null || block.first != firstOf(sequence)) {
      block = blocks.computeIfAbsent(firstOf(sequence), Block::new);
    }
    int index = indexOf(sequence);
    block.events[index] = slot.event();
    block.before[index] = slot.before();
    block.used |= 1 << index;
    block.droppable = droppable ? block.droppable | 1 << index : block.droppable & ~(1 << index);
  }

  /** Remembers which output of the same node may be dropped after this one. */
  void link(long sequence, long next) {
    block(sequence).nextOfNode[indexOf(sequence)] = next;
  }

  /** 0 if none. */
  long nextOfNode(long sequence) {
    return block(sequence).nextOfNode[indexOf(sequence)];
  }

  Slot get(long sequence) {
    return block(sequence).slot(indexOf(sequence));
  }

  void remove(long sequence) {
    Block block = block(sequence);
    int index = indexOf(sequence);
    block.events[index] = null;
    block.used &= ~(1 << index);
    block.droppable &= ~(1 << index);
    if (block.used == 0) {
      blocks.remove(block.first);
    }
  }

  /** The first ones from that number on. */
  List<Slot> from(long sequence, int most) {
    List<Slot> found = new ArrayList<>();
    for (Block block : blocks.tailMap(firstOf(sequence)).values()) {
      int bits = block.from(sequence, block.used);
      for (; bits != 0 && found.size() < most; bits &= bits - 1) {
        found.add(block.slot(Integer.numberOfTrailingZeros(bits)));
      }
      if (found.size() == most) {
        break;
      }
    }
    return found;
  }

  boolean hasNoneFrom(long sequence) {
    return from(sequence, 1).isEmpty();
  }

  /** The oldest output that may be dropped; 0 if there is none. */
  long oldestDroppable() {
    Map.Entry<Long, Block> entry = blocks.ceilingEntry(firstOf(droppableFrom));
    while (entry != null) {
      Block block = entry.getValue();
      int bits = block.from(droppableFrom, block.droppable);
      if (bits != 0) {
        droppableFrom = block.first + Integer.numberOfTrailingZeros(bits);
        return droppableFrom;
      }
      droppableFrom = block.first + SIZE;
      entry = blocks.ceilingEntry(droppableFrom);
    }
    return 0;
  }

  void clear() {
    blocks.clear();
  }

  private Block block(long sequence) {
    Block block = blocks.get(firstOf(sequence));
    if (block == null) {
      throw new IllegalStateException("there is nothing at " + sequence);
    }
    return block;
  }

  private static long firstOf(long sequence) {
    return sequence - sequence % SIZE;
  }

  private static int indexOf(long sequence) {
    return (int) (sequence % SIZE);
  }
}
