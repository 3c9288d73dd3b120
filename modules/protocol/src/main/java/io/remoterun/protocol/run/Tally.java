package io.remoterun.protocol.run;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where each node of one run is, by the events that were seen. Thread-safe. */
public final class Tally {

  /** Where a node is; all but the first two are final. */
  public enum State {
    WAITING,
    RUNNING,
    SUCCEEDED,
    AGENT_ERROR,
    FAILED,
    STOPPED,
    UNCONFIRMED;

    /** Where an event says that its node is. */
    public static State of(RunEvent event) {
      return switch (event) {
        case RunEvent.Finished finished -> finished.status().isFailure() ? AGENT_ERROR : SUCCEEDED;
        case RunEvent.Failed failed ->
            switch (failed.failure().kind()) {
              case STOPPED -> STOPPED;
              case UNCONFIRMED -> UNCONFIRMED;
              default -> FAILED;
            };
        case RunEvent.Heartbeat _ -> WAITING;
        case RunEvent.Started _, RunEvent.Output _, RunEvent.Gap _ -> RUNNING;
      };
    }
  }

  /**
   * What is known of one node.
   *
   * @param last its terminal event, or the one that told that its agent runs, or a heartbeat that
   *     stands for none
   */
  public record Standing(State state, RunEvent last) {}

  private final Map<NodeId, Standing> nodes = new LinkedHashMap<>();
  private final EnumMap<State, Integer> counts = new EnumMap<>(State.class);

  /** A run for these nodes, of which nothing has been heard. */
  public Tally(Collection<NodeId> targets) {
    for (NodeId node : targets) {
      nodes.put(node, new Standing(State.WAITING, new RunEvent.Heartbeat(node)));
    }
    counts.put(State.WAITING, nodes.size());
  }

  /** Takes note. Events of other nodes, and of nodes that have ended, change nothing. */
  public synchronized void see(RunEvent event) {
    Standing before = nodes.get(event.node());
    State now = State.of(event);
    if (before != null && !before.last().isTerminal() && now.compareTo(before.state()) > 0) {
      nodes.put(event.node(), new Standing(now, event));
      counts.merge(before.state(), -1, Integer::sum);
      counts.merge(now, 1, Integer::sum);
    }
  }

  public synchronized Counts counts() {
    return new Counts(
        count(State.WAITING),
        count(State.RUNNING),
        count(State.SUCCEEDED),
        count(State.AGENT_ERROR),
        count(State.FAILED),
        count(State.STOPPED),
        count(State.UNCONFIRMED));
  }

  private int count(State state) {
    return counts.getOrDefault(state, 0);
  }

  public synchronized boolean hasEnded() {
    return count(State.WAITING) + count(State.RUNNING) == 0;
  }

  /** A copy, in the order of the targets. */
  public synchronized Map<NodeId, Standing> nodes() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
  }
}
