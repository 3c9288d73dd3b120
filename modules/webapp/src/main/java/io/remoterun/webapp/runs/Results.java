package io.remoterun.webapp.runs;

import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.Tally;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** How a run stands on each of its nodes, and since when. Thread-safe. */
public final class Results {
  private final Tally tally;
  private final InstantSource clock;
  private final Map<NodeId, Instant> began = new ConcurrentHashMap<>();
  private final Map<NodeId, Instant> ended = new ConcurrentHashMap<>();

  public Results(Collection<NodeId> nodes, InstantSource clock) {
    this.tally = new Tally(nodes);
    this.clock = clock;
  }

  /** What was known when the process before this one ended. */
  public Results(Map<NodeId, NodeResult> known, InstantSource clock) {
    this(known.keySet(), clock);
    known.forEach(
        (node, result) -> {
          tally.see(result.last());
          result.began().ifPresent(time -> began.put(node, time));
          result.ended().ifPresent(time -> ended.put(node, time));
        });
  }

  /** Takes note of what happens now. */
  public void see(RunEvent event) {
    tally.see(event);
    if (event.isTerminal()) {
      ended.putIfAbsent(event.node(), clock.instant());
    } else if (event instanceof RunEvent.Started) {
      began.putIfAbsent(event.node(), clock.instant());
    }
  }

  /** When the webapp has heard that the node's agent runs, and that it does not any more. */
  public Optional<Instant> began(NodeId node) {
    return Optional.ofNullable(began.get(node));
  }

  public Optional<Instant> ended(NodeId node) {
    return Optional.ofNullable(ended.get(node));
  }

  public Counts counts() {
    return tally.counts();
  }

  public boolean haveEnded() {
    return tally.hasEnded();
  }

  /** In the order of the run's nodes. */
  public Map<NodeId, NodeResult> byNode() {
    Map<NodeId, NodeResult> all = new LinkedHashMap<>();
    tally
        .nodes()
        .forEach(
            (node, standing) ->
                all.put(
                    node,
                    new NodeResult(
                        standing.state(),
                        standing.last(),
                        Optional.ofNullable(began.get(node)),
                        Optional.ofNullable(ended.get(node)))));
    return all;
  }
}
