package io.remoterun.webapp.api;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.nodelist.NodeList;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Lists the nodes that the root server knows, with Rudder's names for what is told of each. */
@RestController
public final class NodesController {
  static final String ACTION = "listAcceptedNodes";
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final Path nodesList;

  /**
   * @param nodesList read anew for every request: Rudder rewrites it whenever nodes come and go
   */
  public NodesController(Path nodesList) {
    this.nodesList = nodesList;
  }

  record Node(String id, String hostname, String policyServerId) {
    static Node of(NodeEntry entry) {
      return new Node(entry.id().value(), entry.hostname(), entry.policyServer().value());
    }
  }

  record Nodes(List<Node> nodes) {}

  @GetMapping({
    "/rudder/api/nodes",
    "/rudder/api/{version:latest|[0-9]+}/nodes",
    "/rudder/secure/api/nodes"
  })
  Mono<Void> nodes(ServerWebExchange exchange) {
    return Mono.fromCallable(() -> NodeList.read(nodesList))
        .subscribeOn(Schedulers.boundedElastic())
        .onErrorMap(IOException.class, NodesController::unreadable)
        .map(list -> new Nodes(list.nodes().stream().map(Node::of).toList()))
        .map(nodes -> Envelope.success(ACTION, nodes))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }

  private static Throwable unreadable(IOException e) {
    String what = "webapp: cannot read the node list: " + Printable.of(e.toString());
    log.error(what);
    return new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, what, e);
  }
}
