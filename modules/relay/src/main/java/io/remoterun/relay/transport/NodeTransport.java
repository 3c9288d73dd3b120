package io.remoterun.relay.transport;

import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A way to trigger the agents of nodes that this relay manages. */
public interface NodeTransport {

  /**
   * Triggers when subscribed to. Never fails, and ends each of the nodes in exactly one terminal
   * event: whatever goes wrong is a {@code Failed} event. Output comes in whole lines where they
   * are no longer than the configured bound. Whoever unsubscribes does not want to hear any more:
   * the connection is closed, and what becomes of the agent is the node's business.
   *
   * @param nodes no more than {@link #nodesOfOneCall()}, at least one
   * @param cancel completes, for late subscribers too, when the agents shall be stopped: each node
   *     then ends, soon, in a failure of kind {@code STOPPED} or {@code UNCONFIRMED}, if not in
   *     what it was about to end in
   */
  Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel);

  /**
   * Looks at the way to the node, step by step, and runs nothing. Never fails: the step that went
   * wrong is the last one.
   */
  default Mono<List<CheckStep>> check(NodeEntry node) {
    return Mono.just(
        List.of(
            CheckStep.unknown(
                "node " + node.id(),
                CheckStep.Step.AGENT,
                "is triggered by a command, which tells nothing before a run")));
  }

  /** How many nodes one call can serve. */
  default int nodesOfOneCall() {
    return 1;
  }
}
