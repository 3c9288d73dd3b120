package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is left of parts of a log whose output is dropped. Of the output only the first and the last
 * line of a node are decoded, for nothing else is needed of it. Blocks; not thread-safe.
 */
final class LogMiddle {
  private final TreeMap<Long, Slot> kept = new TreeMap<>();
  private final Map<NodeId, Slot> gaps = new HashMap<>();
  private final Map<NodeId, Long> dropped = new HashMap<>();

  /** Where the lines of a node begin. */
  private static final class Lines {
    final int first;
    int last;

    Lines(int first) {
      this.first = first;
    }
  }

  /** The part that follows those that were added. */
  void add(LogPart part) throws IOException {
    byte[] all = Arrays.copyOf(Files.readAllBytes(part.file()), (int) part.bytes());
    Map<String, Lines> outputs = new HashMap<>();
    try {
      for (int from = 0; from < all.length; from = end(all, from) + 1) {
        if (OutputLine.begins(all, from)) {
          int begin = from;
          outputs.computeIfAbsent(node(all, from), node -> new Lines(begin)).last = from;
        } else {
          decode(all, from);
        }
      }
      for (Lines lines : outputs.values()) {
        drop(slot(all, lines.first), slot(all, lines.last));
      }
    } catch (MalformedEventException e) {
      throw new IOException(part.file() + " has a line that is no event", e);
    }
  }

  private static String node(byte[] all, int line) {
    return quoted(all, line + OutputLine.BEGIN.length);
  }

  /** What is from there to the next quote. */
  static String quoted(byte[] all, int from) {
    int to = from;
    while (to < all.length && all[to] != '"') {
      to++;
    }
    return new String(all, from, to - from, StandardCharsets.US_ASCII);
  }

  /** Where the line ends that begins there. */
  static int end(byte[] all, int line) {
    int end = line;
    while (end < all.length && all[end] != '\n') {
      end++;
    }
    return end;
  }

  private void drop(Slot first, Slot last) {
    add(first);
    add(last);
    long bytes = last.before() + KeptOutput.bytesOf(last.event()) - first.before();
    dropped.merge(last.event().node(), bytes, Long::sum);
  }

  private static Slot slot(byte[] all, int line) {
    return RunEventStream.decodeSlot(Arrays.copyOfRange(all, line, end(all, line)))
        .orElseThrow(() -> new MalformedEventException("a line of output is none"));
  }

  private void decode(byte[] all, int line) {
    RunEventStream.decodeSlot(Arrays.copyOfRange(all, line, end(all, line))).ifPresent(this::add);
  }

  /** How many bytes of output of each node are not in it, but were in the parts; about. */
  Map<NodeId, Long> dropped() {
    return dropped;
  }

  private void add(Slot slot) {
    if (slot.event() instanceof RunEvent.Output || slot.event() instanceof RunEvent.Gap) {
      gaps.merge(slot.event().node(), gap(slot, slot.before()), LogMiddle::joined);
    } else {
      kept.put(slot.sequence(), slot);
    }
  }

  private static Slot joined(Slot one, Slot other) {
    Slot last = one.sequence() > other.sequence() ? one : other;
    return gap(last, Math.min(one.before(), other.before()));
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
