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
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A part of a log without the output of some nodes: at the place of the last of it, one gap for
 * each. All other lines are as they were. Blocks; not thread-safe.
 */
final class LogThin {
  private static final byte[] GAP =
      "{\"event\":\"gap\",\"node\":\"".getBytes(StandardCharsets.US_ASCII);

  private final byte[] all;
  private final Set<String> nodes;
  private final Map<String, Range> ranges = new HashMap<>();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final Map<NodeId, Long> dropped = new HashMap<>();

  /** Where the lines of a node begin. */
  private static final class Range {
    final int first;
    int last;
    long inGaps;

    Range(int first) {
      this.first = first;
    }
  }

  private LogThin(byte[] all, Set<NodeId> nodes) {
    this.all = all;
    this.nodes = nodes.stream().map(NodeId::value).collect(Collectors.toSet());
  }

  static LogThin of(LogPart part, Set<NodeId> nodes) throws IOException {
    byte[] all = Arrays.copyOf(Files.readAllBytes(part.file()), (int) part.bytes());
    LogThin thin = new LogThin(all, nodes);
    try {
      thin.find();
      thin.copy();
    } catch (MalformedEventException e) {
      throw new IOException(part.file() + " has a line that is no event", e);
    }
    return thin;
  }

  private void find() {
    for (int from = 0; from < all.length; from = LogMiddle.end(all, from) + 1) {
      if (isDropped(from)) {
        int begin = from;
        Range range = ranges.computeIfAbsent(node(from), node -> new Range(begin));
        range.last = from;
        if (isGap(from) && slot(from).event() instanceof RunEvent.Gap gap) {
          range.inGaps += gap.bytes();
        }
      }
    }
  }

  private void copy() {
    for (int from = 0; from < all.length; from = LogMiddle.end(all, from) + 1) {
      @Nullable Range range = isDropped(from) ? ranges.get(node(from)) : null;
      if (range == null) {
        lines.write(all, from, Math.min(all.length, LogMiddle.end(all, from) + 1) - from);
      } else if (range.last == from) {
        lines.writeBytes(RunEventStream.encode(gap(range)));
      }
    }
  }

  private Slot gap(Range range) {
    Slot first = slot(range.first);
    Slot last = slot(range.last);
    NodeId node = last.event().node();
    long bytes = last.before() + KeptOutput.bytesOf(last.event()) - first.before();
    dropped.put(node, bytes - range.inGaps);
    return new Slot(last.sequence(), new RunEvent.Gap(node, first.before(), bytes), first.before());
  }

  private boolean isDropped(int line) {
    return (isGap(line) || OutputLine.begins(all, line)) && nodes.contains(node(line));
  }

  private boolean isGap(int line) {
    int to = Math.min(all.length, line + GAP.length);
    return Arrays.equals(all, line, to, GAP, 0, GAP.length);
  }

  private String node(int line) {
    int from = line + (OutputLine.begins(all, line) ? OutputLine.BEGIN.length : GAP.length);
    return LogMiddle.quoted(all, from);
  }

  private Slot slot(int line) {
    return RunEventStream.decodeSlot(Arrays.copyOfRange(all, line, LogMiddle.end(all, line)))
        .orElseThrow(() -> new MalformedEventException("a line of output is none"));
  }

  byte[] lines() {
    return lines.toByteArray();
  }

  /** How many bytes of output of each node are not in it any more. */
  Map<NodeId, Long> dropped() {
    return dropped;
  }
}
