package io.remoterun.webapp.api;

import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Node;
import java.util.Collection;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Lists the nodes that the root server knows, with Rudder's names for what is told of each. */
@RestController
public final class NodesController {
  static final String ACTION = "listAcceptedNodes";

  private final Fleets fleets;

  public NodesController(Fleets fleets) {
    this.fleets = fleets;
  }

  record Nodes(Collection<Node> nodes) {}

  @GetMapping({
    "/rudder/api/nodes",
    "/rudder/api/{version:latest|[0-9]+}/nodes",
    "/rudder/secure/api/nodes"
  })
  Mono<Void> nodes(ServerWebExchange exchange) {
    return fleets
        .current()
        .map(fleet -> Envelope.success(ACTION, new Nodes(fleet.nodes())))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }
}
