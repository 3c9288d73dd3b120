package io.remoterun.relay.api;

import io.remoterun.protocol.check.CheckJson;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.checks.NodeChecks;
import java.util.List;
import org.slf4j.Logger;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Answers how the way to a node is, step by step; nothing is run there. */
public final class ChecksController {
  private final NodeId self;
  private final NodeChecks checks;
  private final Logger log;

  public ChecksController(NodeId self, NodeChecks checks, Logger log) {
    this.self = self;
    this.checks = checks;
    this.log = log;
  }

  void addTo(RouterFunctions.Builder api) {
    api.POST("/remote-run/nodes/{id}/check", this::check);
  }

  private Mono<ServerResponse> check(ServerRequest http) {
    return Mono.defer(
        () -> {
          NodeId node = new NodeId(http.pathVariable("id"));
          List<NodeId> path = RunPath.of(http, self);
          log.info("{} asks for a check of node {}", Peer.of(http), node);
          return checks
              .check(node, path)
              .flatMap(
                  steps ->
                      ServerResponse.ok()
                          .contentType(MediaType.APPLICATION_JSON)
                          .bodyValue(CheckJson.encode(steps)));
        });
  }
}
