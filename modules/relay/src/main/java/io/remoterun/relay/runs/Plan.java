package io.remoterun.relay.runs;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * How a run would go.
 *
 * @param nodes all that it is for
 * @param canBegin whether there is a way to at least one of them
 * @param events begins the run when subscribed to; never fails, and has exactly one terminal event
 *     for each of the nodes
 */
public record Plan(List<NodeId> nodes, boolean canBegin, Flux<RunEvent> events) {
  public Plan {
    nodes = List.copyOf(nodes);
  }
}
