package io.remoterun.webapp.api;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Node;
import java.util.Collection;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Lists the nodes that the root server knows, with Rudder's names for what is told of each. */
@RudderApi
public final class NodesController {
  private final Fleets fleets;

  public NodesController(Fleets fleets) {
    this.fleets = fleets;
  }

  record Nodes(Collection<Node> nodes) {}

  @GetMapping("/nodes")
  Mono<Void> nodes(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    return Sight.of(user, exchange, fleets)
        .map(NodesController::seen)
        .map(nodes -> Envelope.success(Action.of(exchange), nodes))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }

  private static Nodes seen(Sight sight) {
    return new Nodes(sight.fleet().nodes().stream().filter(node -> sight.sees(node.id())).toList());
  }
}
