package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Triggers agents as Rudder's API does: that of one node, with its output, or all. */
@RudderApi
public final class ApplyPolicyController {
  private final Triggers triggers;
  private final Fleets fleets;
  private final Duration deadline;
  private final Duration startWait;
  private final ApiSettings settings;
  private final Followers followers;

  /**
   * @param deadline after which an agent that still runs is stopped
   */
  public ApplyPolicyController(
      Triggers triggers,
      Fleets fleets,
      Duration deadline,
      ApiSettings settings,
      Followers followers) {
    this.triggers = triggers;
    this.fleets = fleets;
    this.deadline = deadline;
    this.startWait = settings.startWait();
    this.settings = settings;
    this.followers = followers;
  }

  /** Answers with what the agent prints, while it prints it. */
  @PostMapping("/nodes/{nodeId}/applyPolicy")
  Mono<Void> applyPolicy(
      @PathVariable String nodeId,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    NodeId node = node(nodeId);
    RunAnswer answer = new RunAnswer(exchange, node, settings, followers);
    // A run of its own: neither a slow client nor one that leaves has an effect on the agent.
    return AskedConditions.of(exchange)
        .map(conditions -> order(new Targets.Nodes(List.of(node)), conditions, true))
        .zipWith(Sight.of(user, exchange, fleets))
        .flatMap(
            asked ->
                triggers
                    .start(asked.getT1(), asked.getT2())
                    .flatMap(run -> answer.write(run, name(node, asked.getT2()))));
  }

  /** One run of all nodes; answers when each has started or failed, or after a while. */
  @PostMapping("/nodes/applyPolicy")
  Mono<Void> applyPolicyAllNodes(
      @AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    return AskedConditions.of(exchange)
        .map(conditions -> order(new Targets.All(), conditions, false))
        .zipWith(Sight.of(user, exchange, fleets))
        .flatMap(asked -> startAll(asked.getT1(), asked.getT2(), exchange))
        .map(nodes -> Envelope.success(Action.of(exchange), nodes))
        .flatMap(envelope -> Answers.write(exchange, HttpStatus.OK, envelope));
  }

  private Mono<List<StartedNode>> startAll(Order order, Sight sight, ServerWebExchange exchange) {
    return triggers
        .start(order, sight)
        .delayUntil(this::started)
        .doOnNext(
            run ->
                exchange
                    .getResponse()
                    .getHeaders()
                    .set(RunForm.RUN_ID_HEADER, run.record().id().toString()))
        .map(run -> StartedNode.all(run, sight))
        .onErrorReturn(NoNodes.class, List.of());
  }

  private Mono<Void> started(RunView run) {
    return run.log()
        .events()
        .takeUntil(event -> run.counts().waiting() == 0)
        .take(startWait)
        .then();
  }

  private Order order(Targets targets, List<Condition> conditions, boolean keepOutput) {
    RunRecord.How how =
        new RunRecord.How(deadline, OptionalInt.empty(), new StopAfter.Never(), keepOutput);
    return new Order(targets, conditions, how, Optional.empty(), Optional.empty());
  }

  private static String name(NodeId node, Sight sight) {
    return sight.hostname(node).orElse(node.value());
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
