package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A log in memory. The first half of its bound keeps how the output began, the second half how it
 * goes on: what is between is dropped, the oldest first, and becomes one gap for each node, at the
 * place of the last output that was dropped.
 *
 * <p>The bound is in bytes of output of all nodes together, where each event counts {@value
 * #OVERHEAD} more, which is about what it costs: a million empty lines are not for free.
 *
 * <p>Thread-safe. Readers run on the scheduler that is given, one signal at a time.
 */
public final class MemoryRunLog implements RunLog {
  private static final int OVERHEAD = 200;

  private final long mostBytesOfHead;
  private final long mostBytesOfTail;
  private final Scheduler scheduler;

  private final Object lock = new Object();
  private final TreeMap<Long, Slot> slots = new TreeMap<>();
  private final ArrayDeque<Long> droppable = new ArrayDeque<>();
  private final Map<NodeId, Long> gaps = new HashMap<>();
  private final Seen seen = new Seen();
  private final Set<RunLogReader> readers = new LinkedHashSet<>();
  private long last;
  private long headBytes;
  private long tailBytes;
  private boolean headIsFull;
  private boolean closed;

  /**
   * An event at its place.
   *
   * @param before bytes that its node had printed before it
   * @param bytes of output in it, or missing there when it is a gap
   */
  record Slot(long sequence, RunEvent event, long before, long bytes) {}

  public MemoryRunLog(long mostBytes) {
    this(mostBytes, Schedulers.parallel());
  }

  /**
   * @param scheduler runs the readers; has to live longer than the log
   */
  public MemoryRunLog(long mostBytes, Scheduler scheduler) {
    if (mostBytes < 0) {
      throw new IllegalArgumentException("a log cannot keep " + mostBytes + " bytes");
    }
    this.mostBytesOfHead = mostBytes / 2;
    this.mostBytesOfTail = mostBytes - mostBytesOfHead;
    this.scheduler = scheduler;
  }

  @Override
  public void append(RunEvent event) {
    List<RunLogReader> waiting;
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the log of the run is closed");
      }
      if (event instanceof RunEvent.Heartbeat) {
        return;
      }
      RunEventStream.pieces(event).forEach(piece -> add(seen.unseen(piece)));
      waiting = new ArrayList<>(readers);
    }
    waiting.forEach(RunLogReader::wake);
  }

  /** Nothing when it is a gap in what the log has already. */
  private void add(@Nullable RunEvent event) {
    if (event == null) {
      return;
    }
    last++;
    long bytes = bytesOf(event);
    slots.put(last, new Slot(last, event, seen.of(event.node()) - bytes, bytes));
    if (event instanceof RunEvent.Output || event instanceof RunEvent.Gap) {
      keepOrDrop(costOf(event));
    }
  }

  private void keepOrDrop(long cost) {
    headIsFull |= headBytes + cost > mostBytesOfHead;
    if (!headIsFull) {
      headBytes += cost;
      return;
    }
    tailBytes += cost;
    droppable.add(last);
    while (tailBytes > mostBytesOfTail && !droppable.isEmpty()) {
      drop(slots.remove(droppable.remove()));
    }
  }

  /** All that is dropped of a node is in one row, so that one gap can stand for it. */
  private void drop(@Nullable Slot dropped) {
    if (dropped == null) {
      throw new IllegalStateException("output was dropped twice");
    }
    NodeId node = dropped.event().node();
    tailBytes -= costOf(dropped.event());
    Long earlier = gaps.put(node, dropped.sequence());
    Slot gap = earlier == null ? null : slots.remove(earlier);
    long from = gap == null ? dropped.before() : gap.before();
    long size = dropped.before() + dropped.bytes() - from;
    slots.put(
        dropped.sequence(),
        new Slot(dropped.sequence(), new RunEvent.Gap(node, from, size), from, size));
  }

  private static long bytesOf(RunEvent event) {
    return switch (event) {
      case RunEvent.Output output -> output.bytes().size();
      case RunEvent.Gap gap -> gap.bytes();
      default -> 0;
    };
  }

  private static long costOf(RunEvent event) {
    return (long) OVERHEAD + (event instanceof RunEvent.Output output ? output.bytes().size() : 0);
  }

  @Override
  public void close() {
    List<RunLogReader> waiting;
    synchronized (lock) {
      closed = true;
      waiting = new ArrayList<>(readers);
    }
    waiting.forEach(RunLogReader::wake);
  }

  @Override
  public Flux<Entry> read(long sequence) {
    return Flux.from(
        subscriber -> {
          RunLogReader reader = new RunLogReader(this, scheduler, subscriber, sequence);
          synchronized (lock) {
            readers.add(reader);
          }
          subscriber.onSubscribe(reader);
          reader.start();
        });
  }

  /** The first event from that number on, if there is one yet. */
  @Nullable Slot from(long sequence) {
    synchronized (lock) {
      Map.Entry<Long, Slot> entry = slots.ceilingEntry(sequence);
      return entry == null ? null : entry.getValue();
    }
  }

  /** Whether nothing will ever be there from that number on. */
  boolean hasEndedBefore(long sequence) {
    synchronized (lock) {
      return closed && slots.ceilingKey(sequence) == null;
    }
  }

  void forget(RunLogReader reader) {
    synchronized (lock) {
      readers.remove(reader);
    }
  }

  /** How many readers are attached and have not ended. */
  int readers() {
    synchronized (lock) {
      return readers.size();
    }
  }
}
