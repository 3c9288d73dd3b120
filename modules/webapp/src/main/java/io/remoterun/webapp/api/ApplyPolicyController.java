package io.remoterun.webapp.api;

import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import java.security.Principal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Triggers the agent of one node and answers with what it prints, while it prints it. */
@RestController
public final class ApplyPolicyController {
  static final String ACTION = "applyPolicy";
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final RootRelay relay;
  private final long mostBytesKept;

  /**
   * @param mostBytesKept of what one agent prints, for a client that reads more slowly
   */
  public ApplyPolicyController(RootRelay relay, long mostBytesKept) {
    this.relay = relay;
    this.mostBytesKept = mostBytesKept;
  }

  @PostMapping({
    "/rudder/api/nodes/{nodeId}/applyPolicy",
    "/rudder/api/{version:latest|[0-9]+}/nodes/{nodeId}/applyPolicy",
    "/rudder/secure/api/nodes/{nodeId}/applyPolicy"
  })
  Mono<Void> applyPolicy(@PathVariable String nodeId, Principal user, ServerWebExchange exchange) {
    NodeId node = node(nodeId);
    return AskedConditions.of(exchange)
        .flatMap(conditions -> run(node, conditions, user, exchange));
  }

  private Mono<Void> run(
      NodeId node, List<Condition> conditions, Principal user, ServerWebExchange exchange) {
    RunRequest request =
        new RunRequest(RunId.random(), RunTarget.node(node), conditions, false, true);
    RunAnswer answer = new RunAnswer(exchange, request.id(), node);
    log.info(
        "run {} of node {} with conditions {} asked for by {} from {}",
        request.id(),
        node,
        conditions,
        user.getName(),
        Peer.of(exchange));
    // A run of its own: neither a slow client nor one that leaves has an effect on the agent.
    MemoryRunLog events = new MemoryRunLog(mostBytesKept);
    events.record(relay.run(request, node).doOnNext(event -> logEnd(request, event)));
    return answer.write(events);
  }

  private static void logEnd(RunRequest request, RunEvent event) {
    switch (event) {
      case RunEvent.Finished finished -> log.info("run {}: {}", request.id(), finished.status());
      case RunEvent.Failed failed -> log.warn("run {} failed: {}", request.id(), failed.failure());
      default -> {}
    }
  }

  /** A text that is no id is the id of no node. */
  private static NodeId node(String id) {
    try {
      return new NodeId(id);
    } catch (BadRequest e) {
      throw new UnknownNode(id);
    }
  }
}
