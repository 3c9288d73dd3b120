package io.remoterun.webapp.api;

import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.AuditEntry.Action;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.Targets;
import io.remoterun.webapp.runs.WebRuns;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Begins runs, cancels them, and tries again what has failed. */
@RudderApi
public final class ChangeRunsController {
  private final WebRuns runs;
  private final Fleets fleets;
  private final Triggers triggers;
  private final Audit audit;
  private final ApiSettings settings;
  private final Duration longest;

  /**
   * @param longest deadline of a run
   */
  public ChangeRunsController(
      WebRuns runs,
      Fleets fleets,
      Triggers triggers,
      Audit audit,
      ApiSettings settings,
      Duration longest) {
    this.runs = runs;
    this.fleets = fleets;
    this.triggers = triggers;
    this.audit = audit;
    this.settings = settings;
    this.longest = longest;
  }

  @PostMapping("/remote-runs")
  Mono<Void> start(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    Optional<String> key = OneHeader.idempotencyKey(exchange);
    String base = exchange.getRequest().getPath().value();
    return RequestBody.of(exchange, AskedRun.class)
        .switchIfEmpty(Mono.error(RequestBody::missing))
        .map(asked -> asked.order(longest, key))
        .zipWith(Sight.of(user, exchange, fleets))
        .flatMap(both -> begin(both.getT1(), both.getT2(), base, exchange));
  }

  @PostMapping("/remote-runs/{id}/retry")
  Mono<Void> retry(
      @PathVariable String id, @AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    Optional<String> key = OneHeader.idempotencyKey(exchange);
    String path = exchange.getRequest().getPath().value();
    // As it was written: the id in it may have escapes.
    String base = path.replaceFirst("/[^/]+/[^/]+$", "");
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                found(id, sight, Action.RETRY)
                    .flatMap(
                        run ->
                            Mono.fromSupplier(() -> again(run, key, sight))
                                .onErrorResume(
                                    NotDone.class, no -> refused(no, sight, Action.RETRY, of(run))))
                    .flatMap(order -> begin(order, sight, base, exchange)));
  }

  /** A run that is not there for the caller is written down, too: he tries what he may not. */
  private Mono<RunView> found(String id, Sight sight, Action action) {
    return FoundRun.of(runs, id, sight::sees)
        .onErrorResume(NotDone.class, no -> refused(no, sight, action, Optional.empty()));
  }

  private <T> Mono<T> refused(NotDone no, Sight sight, Action action, Optional<RunId> run) {
    AuditEntry entry = AuditEntry.refused(sight.caller(), action, "" + no.getMessage());
    return audit.write(run.map(entry::of).orElse(entry)).then(Mono.error(no));
  }

  private static Optional<RunId> of(RunView run) {
    return Optional.of(run.record().id());
  }

  /** The same for the nodes of it that have failed. */
  private static Order again(RunView run, Optional<String> key, Sight sight) {
    if (run.ended().isEmpty()) {
      throw NotDone.conflict("the run goes on: wait for its end, or cancel it");
    }
    List<NodeId> failed =
        run.results().entrySet().stream()
            .filter(node -> sight.sees(node.getKey()) && hasFailed(node.getValue().state()))
            .map(Map.Entry::getKey)
            .toList();
    if (failed.isEmpty()) {
      throw NotDone.conflict("no node of the run has failed");
    }
    RunRecord record = run.record();
    return new Order(
        new Targets.Nodes(failed),
        record.conditions(),
        record.how(),
        Optional.of(record.id()),
        key);
  }

  /** What somebody has stopped is not tried again unasked. */
  private static boolean hasFailed(Tally.State state) {
    return state == Tally.State.AGENT_ERROR || state == Tally.State.FAILED;
  }

  private Mono<Void> begin(Order order, Sight sight, String base, ServerWebExchange exchange) {
    return triggers
        .start(order, sight)
        .flatMap(
            run -> {
              String id = run.record().id().toString();
              HttpHeaders headers = exchange.getResponse().getHeaders();
              headers.setLocation(URI.create(base + "/" + id));
              headers.set(RunForm.RUN_ID_HEADER, id);
              return RunsController.answer(
                  exchange, HttpStatus.ACCEPTED, RunJson.run(run, sight, state -> true));
            });
  }

  @DeleteMapping("/remote-runs/{id}")
  Mono<Void> cancel(
      @PathVariable String id, @AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    boolean waits = Parameters.of(exchange, "wait").flag("wait", true);
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                found(id, sight, Action.CANCEL)
                    .flatMap(run -> cancel(run, sight, waits))
                    .then(Mono.defer(() -> FoundRun.of(runs, id, sight::sees)))
                    .flatMap(
                        run ->
                            RunsController.answer(
                                exchange,
                                run.ended().isPresent() ? HttpStatus.OK : HttpStatus.ACCEPTED,
                                RunJson.run(run, sight, state -> true))));
  }

  private Mono<Void> cancel(RunView run, Sight sight, boolean waits) {
    if (!sight.mayAll(Right.RUN_CANCEL, run.results().keySet())) {
      NotDone no = NotDone.forbidden("you have no right to cancel the run at all of its nodes");
      return refused(no, sight, Action.CANCEL, of(run));
    }
    if (run.ended().isPresent()) {
      return Mono.empty();
    }
    return audit
        .writeAndDo(
            AuditEntry.allowed(sight.caller(), Action.CANCEL, run.counts().toString())
                .of(run.record().id()),
            Mono.defer(() -> runs.cancel(run.record().id(), sight.caller())))
        .then(waits ? end(run) : Mono.empty());
  }

  /** Completes with the run, or when it takes too long. */
  private Mono<Void> end(RunView run) {
    return run.log().read(Long.MAX_VALUE).take(settings.cancelWait()).then();
  }
}
