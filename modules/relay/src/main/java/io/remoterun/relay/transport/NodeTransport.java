package io.remoterun.relay.transport;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import reactor.core.publisher.Flux;

/** A way to trigger the agent of one node that this relay manages. */
public interface NodeTransport {

  /**
   * Triggers when subscribed to. Never fails: whatever goes wrong is the {@code Failed} event that
   * ends the stream. Output comes in whole lines where they are no longer than the configured
   * bound. Cancelling closes the connection; whoever has the terminal event may cancel as well.
   */
  Flux<RunEvent> run(NodeEntry node, RunRequest request);
}
