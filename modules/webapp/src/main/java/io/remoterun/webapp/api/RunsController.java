package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.nodes.Fleets;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunArchive.Filter;
import io.remoterun.webapp.runs.RunArchive.State;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.WebRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Runs as they are to be looked at: all of them, one, its events, the output of one node. */
@RudderApi
public final class RunsController {
  static final int MOST_PER_PAGE = 200;
  private static final int MOST_PAGES = 1_000_000;
  private static final Map<String, State> STATES =
      Map.of("running", State.RUNNING, "cancelling", State.CANCELLING, "ended", State.ENDED);
  private static final Map<String, Predicate<Tally.State>> NODES =
      Map.of("all", state -> true, "none", state -> false, "failed", RunsController::isFailed);

  private final WebRuns runs;
  private final Fleets fleets;
  private final ApiSettings settings;
  private final Followers followers;

  public RunsController(WebRuns runs, Fleets fleets, ApiSettings settings, Followers followers) {
    this.runs = runs;
    this.fleets = fleets;
    this.settings = settings;
    this.followers = followers;
  }

  private static boolean isFailed(Tally.State state) {
    return switch (state) {
      case AGENT_ERROR, FAILED, STOPPED, UNCONFIRMED -> true;
      case WAITING, RUNNING, SUCCEEDED -> false;
    };
  }

  @GetMapping("/remote-runs")
  Mono<Void> list(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters asked =
        Parameters.of(exchange, "state", "node", "by", "since", "until", "page", "perPage");
    int page = asked.number("page", 1, 1, MOST_PAGES);
    int perPage = asked.number("perPage", 50, 1, MOST_PER_PAGE);
    Optional<NodeId> node = asked.text("node").map(NodeId::new);
    Filter all =
        new Filter(
            node.map(List::of),
            asked.text("by"),
            asked.word("state", STATES),
            asked.time("since"),
            asked.time("until"));
    return Sight.of(user, exchange, fleets)
        .flatMap(sight -> list(narrowed(all, sight), (page - 1) * perPage, perPage, sight))
        .map(json -> json.put("page", page).put("perPage", perPage))
        .flatMap(json -> answer(exchange, HttpStatus.OK, json));
  }

  /** Whoever may not see every node gets the runs of those that it may see. */
  private static Filter narrowed(Filter all, Sight sight) {
    Optional<List<NodeId>> nodes =
        all.nodes().isPresent()
            ? all.nodes().map(ids -> ids.stream().filter(sight::reads).toList())
            : sight.readsEverything() ? Optional.empty() : Optional.of(sight.readable());
    return new Filter(nodes, all.by(), all.state(), all.since(), all.until());
  }

  private Mono<ObjectNode> list(Filter filter, int offset, int limit, Sight sight) {
    return runs.list(filter, offset, limit)
        .flatMap(
            page ->
                Flux.fromIterable(page.runs())
                    .concatMap(run -> summary(run, sight))
                    .collect(ArrayList<ObjectNode>::new, List::add)
                    .map(
                        found -> {
                          ObjectNode json = Json.MAPPER.createObjectNode();
                          json.putArray("runs").addAll(found);
                          return json.put("total", page.total());
                        }));
  }

  private Mono<ObjectNode> summary(RunArchive.Summary run, Sight sight) {
    return sight.readsEverything()
        ? Mono.just(RunJson.summary(run, sight))
        : runs.find(run.record().id()).map(view -> RunJson.summary(view, sight));
  }

  @GetMapping("/remote-runs/{id}")
  Mono<Void> run(
      @PathVariable String id, @AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Predicate<Tally.State> nodes =
        Parameters.of(exchange, "nodes").word("nodes", NODES).orElse(state -> true);
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                FoundRun.of(runs, id, sight::reads)
                    .flatMap(
                        run -> answer(exchange, HttpStatus.OK, RunJson.run(run, sight, nodes))));
  }

  @GetMapping("/remote-runs/{id}/events")
  Mono<Void> events(
      @PathVariable String id, @AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    EventsAnswer answer = new EventsAnswer(exchange, settings.heartbeat(), followers);
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                FoundRun.of(runs, id, sight::reads)
                    .flatMap(
                        run ->
                            answer.write(
                                run.log(),
                                run.results().keySet().stream().filter(sight::reads).toList(),
                                FoundRun.of(runs, id, sight::reads)
                                    .map(after -> RunJson.counts(after.results(), sight)),
                                sight)));
  }

  @GetMapping("/remote-runs/{id}/nodes/{node}/output")
  Mono<Void> output(
      @PathVariable String id,
      @PathVariable String node,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    OutputAnswer answer = new OutputAnswer(exchange, followers);
    return Sight.of(user, exchange, fleets)
        .flatMap(
            sight ->
                FoundRun.of(runs, id, sight::reads)
                    .flatMap(run -> answer.write(run.log(), node(node, run, sight))));
  }

  private static NodeId node(String text, RunView run, Sight sight) {
    try {
      NodeId node = new NodeId(text);
      if (run.results().containsKey(node) && sight.reads(node)) {
        return node;
      }
    } catch (BadRequest e) {
      // A text that is no id is the id of no node.
    }
    throw new UnknownNode(text);
  }

  static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status, ObjectNode data) {
    return Answers.write(exchange, status, Envelope.success(Action.of(exchange), data));
  }
}
