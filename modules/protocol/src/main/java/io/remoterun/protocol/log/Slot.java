package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An event at its place in a log.
 *
 * @param before how many bytes its node had printed before it
 */
public record Slot(long sequence, RunEvent event, long before) {

  /** As it is kept: a line of {@link RunEventStream} with its number and place. */
  public byte[] toLine() {
    return RunEventStream.encode(this);
  }

  /**
   * What is in such lines.
   *
   * @throws IllegalArgumentException when a line is none
   */
  public static List<Slot> ofLines(byte[] lines) {
    List<Slot> slots = new ArrayList<>();
    for (int from = 0; from < lines.length; from = LogMiddle.end(lines, from) + 1) {
      byte[] line = Arrays.copyOfRange(lines, from, LogMiddle.end(lines, from));
      try {
        RunEventStream.decodeSlot(line).ifPresent(slots::add);
      } catch (MalformedEventException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return slots;
  }

  /** How many bytes of its node's output are before what follows it. */
  public long end() {
    return before + KeptOutput.bytesOf(event);
  }
}
