package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import io.remoterun.webapp.runs.WebRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
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

  private final WebRuns runs;
  private final Duration deadline;

  /**
   * @param deadline after which an agent that still runs is stopped
   */
  public ApplyPolicyController(WebRuns runs, Duration deadline) {
    this.runs = runs;
    this.deadline = deadline;
  }

  @PostMapping({
    "/rudder/api/nodes/{nodeId}/applyPolicy",
    "/rudder/api/{version:latest|[0-9]+}/nodes/{nodeId}/applyPolicy",
    "/rudder/secure/api/nodes/{nodeId}/applyPolicy"
  })
  Mono<Void> applyPolicy(
      @PathVariable String nodeId,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    NodeId node = node(nodeId);
    return AskedConditions.of(exchange)
        .flatMap(conditions -> run(node, conditions, user, exchange));
  }

  private Mono<Void> run(
      NodeId node, List<Condition> conditions, Account user, ServerWebExchange exchange) {
    RunRecord.How how =
        new RunRecord.How(deadline, OptionalInt.empty(), new StopAfter.Never(), true);
    Caller by = new Caller(user.name(), Peer.of(exchange));
    RunRecord run =
        new RunRecord(
            RunId.random(),
            new Targets.Nodes(List.of(node)),
            conditions,
            how,
            by,
            Instant.now(),
            Optional.empty());
    RunAnswer answer = new RunAnswer(exchange, run.id(), node);
    log.info(
        "run {} of node {} with conditions {} asked for by {} from {}",
        run.id(),
        node,
        conditions,
        by.name(),
        by.from());
    // A run of its own: neither a slow client nor one that leaves has an effect on the agent.
    return runs.start(run, List.of(node), Optional.empty())
        .flatMap(begun -> answer.write(begun.log()));
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
