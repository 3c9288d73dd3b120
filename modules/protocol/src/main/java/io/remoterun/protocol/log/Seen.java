package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of each node's output somebody has seen, from its first byte on, where a gap counts as
 * seen. A log may drop what a reader has read already, and its gap then covers that too: this takes
 * it off again, so that the sizes of outputs and gaps sum up to what the agent printed.
 *
 * <p>Whoever resumes reading in the middle of a log, such as a client that has lost its connection,
 * keeps this from one connection to the next: the log cannot know what was seen of what is before.
 *
 * <p>Not thread-safe.
 */
public final class Seen {
  private final Map<NodeId, Long> bytes = new HashMap<>();

  /** How many bytes of the node's output. */
  public long of(NodeId node) {
    return bytes.getOrDefault(node, 0L);
  }

  /**
   * What is new in the event: nothing in a gap of what was seen, and of a gap that begins before
   * its end the rest. A gap that begins later than that is made to begin there, for what is between
   * is missing as well. All other events are new, and output is taken to follow what was seen.
   */
  public @Nullable RunEvent unseen(RunEvent event) {
    return switch (event) {
      case RunEvent.Output output -> {
        bytes.merge(output.node(), (long) output.bytes().size(), Long::sum);
        yield output;
      }
      case RunEvent.Gap gap -> unseen(gap);
      default -> event;
    };
  }

  private @Nullable RunEvent unseen(RunEvent.Gap gap) {
    long seen = of(gap.node());
    if (gap.end() <= seen) {
      return null;
    }
    bytes.put(gap.node(), gap.end());
    return gap.from() == seen ? gap : new RunEvent.Gap(gap.node(), seen, gap.end() - seen);
  }

  /** One that goes its own way from here. */
  public Seen copy() {
    Seen copy = new Seen();
    copy.bytes.putAll(bytes);
    return copy;
  }

  /** Whether anything of the node was counted. */
  boolean knows(NodeId node) {
    return bytes.containsKey(node);
  }

  /** Takes what is before this place as seen, for who begins to read there. */
  public void skipTo(NodeId node, long place) {
    bytes.merge(node, place, Math::max);
  }
}
