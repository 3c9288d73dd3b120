package io.remoterun.protocol.http;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * The answer of a relay that knows nothing of events, such as Rudder's relayd: the output of all
 * nodes, one after the other. Which node printed what cannot be told, so all of it is told as that
 * of the first; and how the agents ended is not known.
 */
final class PlainAnswer {
  private final List<NodeId> nodes;
  private final boolean keepOutput;

  /**
   * @param keepOutput if not, the output only shows that the relay is there
   */
  PlainAnswer(List<NodeId> nodes, boolean keepOutput) {
    this.nodes = nodes;
    this.keepOutput = keepOutput;
  }

  Flux<RunEvent> events(Flux<byte[]> body) {
    NodeId first = nodes.getFirst();
    Flux<RunEvent> output =
        body.map(
            bytes ->
                keepOutput
                    ? new RunEvent.Output(first, OutputBytes.copyOf(bytes))
                    : new RunEvent.Heartbeat(first));
    Flux<RunEvent> ends =
        Flux.fromIterable(nodes)
            .map(node -> new RunEvent.Finished(node, new ExitStatus.NotReported()));
    return output.concatWith(ends);
  }
}
