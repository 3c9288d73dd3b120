package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is left of parts of a log whose output is dropped. Not thread-safe. */
final class LogMiddle {
  private static final int AT_ONCE = 1000;

  private final TreeMap<Long, Slot> kept = new TreeMap<>();
  private final Map<NodeId, Slot> gaps = new HashMap<>();

  /** The part that follows those that were added. */
  void add(LogPart part) throws IOException {
    LogPartReader reader = new LogPartReader(() -> List.of(part));
    List<Slot> slots = reader.from(1, AT_ONCE);
    while (!slots.isEmpty()) {
      slots.forEach(this::add);
      slots = reader.from(slots.getLast().sequence() + 1, AT_ONCE);
    }
  }

  private void add(Slot slot) {
    if (slot.event() instanceof RunEvent.Output || slot.event() instanceof RunEvent.Gap) {
      gaps.merge(
          slot.event().node(), gap(slot, slot.before()), (old, more) -> gap(slot, old.before()));
    } else {
      kept.put(slot.sequence(), slot);
    }
  }

  private static Slot gap(Slot last, long from) {
    long bytes = last.before() + KeptOutput.bytesOf(last.event()) - from;
    return new Slot(last.sequence(), new RunEvent.Gap(last.event().node(), from, bytes), from);
  }

  byte[] lines() {
    gaps.values().forEach(gap -> kept.put(gap.sequence(), gap));
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    kept.values().forEach(slot -> lines.writeBytes(RunEventStream.encode(slot)));
    return lines.toByteArray();
  }
}
