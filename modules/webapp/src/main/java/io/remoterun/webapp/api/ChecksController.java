package io.remoterun.webapp.api;

import io.remoterun.protocol.check.CheckJson;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.runs.RootRelay;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Tells how the way to a node is, hop by hop and step by step. Nothing is run. */
@RudderApi
public final class ChecksController {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final RootRelay relay;
  private final Fleets fleets;
  private final Audit audit;
  private final Floods floods;
  private final RateLimit perAccount;

  /**
   * @param perAccount how many checks one may have; not those of triggers
   */
  public ChecksController(
      RootRelay relay, Fleets fleets, Audit audit, Floods floods, RateLimit perAccount) {
    this.relay = relay;
    this.fleets = fleets;
    this.audit = audit;
    this.floods = floods;
    this.perAccount = perAccount;
  }

  record Check(String node, JsonNode steps) {}

  @PostMapping("/nodes/{nodeId}/check")
  Mono<Void> check(
      @PathVariable String nodeId,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    NodeId node = node(nodeId);
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                Mono.defer(() -> check(node, sight))
                    .onErrorResume(UnknownNode.class, no -> refused(no, node, sight))
                    .onErrorResume(NotDone.class, no -> refused(no, node, sight))
                    .onErrorResume(TooMany.class, no -> tooMany(no, sight)))
        .map(steps -> new Check(node.value(), CheckJson.array(steps)))
        .map(check -> Envelope.success(Action.of(exchange), check))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }

  private Mono<List<CheckStep>> check(NodeId node, Sight sight) {
    if (!sight.sees(node)) {
      throw new UnknownNode(node.value());
    }
    if (!sight.may(Right.RUN_TRIGGER, node)) {
      throw NotDone.forbidden("you have no right to trigger node " + node + ", nor to check it");
    }
    perAccount
        .take(sight.caller().name())
        .ifPresent(
            wait -> {
              throw new TooMany("you have asked for too many checks, wait a little", wait);
            });
    log.info(
        "check of node {} asked for by {} from {}",
        node,
        sight.caller().name(),
        sight.caller().from());
    return relay.check(node);
  }

  private <T> Mono<T> refused(RuntimeException no, NodeId node, Sight sight) {
    return audit
        .write(entry(sight, no.getMessage() + ": check of node " + node))
        // It is refused all the same; why it cannot be written is logged.
        .onErrorComplete()
        .then(Mono.error(no));
  }

  private <T> Mono<T> tooMany(TooMany no, Sight sight) {
    return floods
        .write("check " + sight.caller().name(), entry(sight, String.valueOf(no.getMessage())))
        .then(Mono.error(no));
  }

  private static AuditEntry entry(Sight sight, String details) {
    return AuditEntry.refused(sight.caller(), AuditEntry.Action.REQUEST, details);
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
