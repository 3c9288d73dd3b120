package io.remoterun.webapp.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.nodes.Node;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.WebRuns;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists the nodes that the root server knows, with Rudder's names for what is told of each, and
 * where it is asked for the newest run of each.
 */
@RudderApi
public final class NodesController {
  private final Fleets fleets;
  private final WebRuns runs;

  public NodesController(Fleets fleets, WebRuns runs) {
    this.fleets = fleets;
    this.runs = runs;
  }

  record Nodes(List<SeenNode> nodes) {}

  record SeenNode(
      @JsonUnwrapped Node node,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ObjectNode lastRun) {
    static SeenNode of(Node node, @Nullable LastRun last) {
      return new SeenNode(node, last == null ? null : RunJson.lastRun(last));
    }
  }

  @GetMapping("/nodes")
  Mono<Void> nodes(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    boolean withRuns = withRuns(exchange.getRequest().getQueryParams());
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                withRuns
                    ? runs.lastRuns(sight.readable()).map(last -> seen(sight, last))
                    : Mono.just(seen(sight, Map.of())))
        .map(nodes -> Envelope.success(Action.of(exchange), nodes))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }

  /** Other parameters are not looked at: Rudder has some. */
  private static boolean withRuns(MultiValueMap<String, String> parameters) {
    List<String> given = parameters.getOrDefault("lastRuns", List.of("false"));
    if (given.equals(List.of("true"))) {
      return true;
    }
    if (given.equals(List.of("false"))) {
      return false;
    }
    throw new BadRequest("invalid lastRuns: should be true or false, once");
  }

  private static Nodes seen(Sight sight, Map<NodeId, LastRun> last) {
    return new Nodes(
        sight.fleet().nodes().stream()
            .filter(node -> sight.sees(node.id()))
            .map(node -> SeenNode.of(node, last.get(node.id())))
            .toList());
  }
}
