package io.remoterun.relay.transport;

import io.remoterun.operations.trace.Span;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.operations.trace.Tracing.Kind;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Each node's run as a step, and in it the agent's, from the moment the node says that it starts.
 * The relay tells the node's part because CFEngine's protocol has no place for a trace, and because
 * a node may be anybody's.
 */
public record TracedTransport(NodeTransport transport, Tracing tracing) implements NodeTransport {
  public static NodeTransport of(NodeTransport transport, Tracing tracing) {
    return tracing.isOn() ? new TracedTransport(transport, tracing) : transport;
  }

  @Override
  public int nodesOfOneCall() {
    return transport.nodesOfOneCall();
  }

  @Override
  public Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel) {
    return Flux.defer(
        () -> {
          Map<NodeId, Steps> open = new HashMap<>();
          nodes.forEach(node -> open.put(node.id(), new Steps(node.id(), request)));
          return transport
              .run(nodes, request, cancel)
              .doOnNext(event -> see(open, event))
              .doFinally(signal -> open.values().forEach(Steps::end));
        });
  }

  private static void see(Map<NodeId, Steps> open, RunEvent event) {
    @Nullable Steps steps = open.get(event.node());
    if (steps != null) {
      steps.see(event);
    }
    if (steps != null && event.isTerminal()) {
      open.remove(event.node());
      steps.end();
    }
  }

  /** Of one node; its events come one after the other. */
  private final class Steps {
    private final NodeId node;
    private final RunRequest request;
    private final Span ofNode;
    private @Nullable Span ofAgent;

    Steps(NodeId node, RunRequest request) {
      this.node = node;
      this.request = request;
      this.ofNode =
          tracing.begin("trigger node " + node, Kind.CLIENT, request.trace(), request.id());
    }

    void see(RunEvent event) {
      if (event instanceof RunEvent.Started && ofAgent == null) {
        ofAgent =
            tracing.begin("agent of node " + node, Kind.INTERNAL, ofNode.context(), request.id());
      }
      if (ofAgent != null) {
        ofAgent.see(event);
      }
      ofNode.see(event);
    }

    void end() {
      if (ofAgent != null) {
        ofAgent.end();
      }
      ofNode.end();
    }
  }
}
