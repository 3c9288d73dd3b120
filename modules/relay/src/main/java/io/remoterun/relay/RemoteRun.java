package io.remoterun.relay;

import io.remoterun.protocol.log.EveryNodeEnds;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.checks.NodeChecks;
import io.remoterun.relay.runs.Cancel;
import io.remoterun.relay.runs.Engine;
import io.remoterun.relay.runs.Order;
import io.remoterun.relay.runs.Plan;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.topology.Fleet;
import io.remoterun.relay.topology.Route;
import io.remoterun.relay.transport.Transports;
import io.remoterun.relay.transport.Transports.Call;
import io.remoterun.relay.transport.Turns;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Runs agents on the nodes below this relay: its own at once, as many as are allowed at a time, and
 * beside them all relays that have to be asked. One stream of events a route, merged.
 *
 * <p>Thread-safe. Nothing here blocks.
 */
public final class RemoteRun implements Engine {
  private final Supplier<Fleet> fleet;
  private final Transports transports;
  private final SubRelays subRelays;
  private final Limits limits;
  private final Logger log;
  private final String hop;
  private final Turns slots;

  private final AtomicInteger running = new AtomicInteger();
  private final Sinks.Empty<Void> stopping = Sinks.empty();

  /**
   * @param nodesAtOnce how many own nodes a run triggers at a time
   * @param connections how many own nodes all runs together trigger at a time
   * @param runsAtOnce further ones are refused
   * @param duration of a whole run, after which it is given up
   */
  public record Limits(int nodesAtOnce, int connections, int runsAtOnce, Duration duration) {}

  public RemoteRun(
      NodeId self,
      Supplier<Fleet> fleet,
      Transports transports,
      SubRelays subRelays,
      Limits limits,
      Logger log) {
    this.fleet = fleet;
    this.transports = transports;
    this.subRelays = subRelays;
    this.limits = limits;
    this.log = log;
    this.hop = "relay " + self;
    this.slots = new Turns(limits.connections(), limits.nodesAtOnce());
  }

  @Override
  public Plan plan(RunRequest request, List<NodeId> path, Cancel cancel) {
    Fleet now = fleet.get();
    List<NodeId> nodes = now.topology().nodesOf(request.target());
    List<Route> routes = now.topology().routesTo(request.target());
    Order order = new Order(now, request, path, cancel);
    AtomicReference<RunFailure> ended = new AtomicReference<>(endedWithoutTelling(hop));
    Flux<RunEvent> events =
        everyNodeEnds(hop, ended::get)
            .once(admitted(() -> events(order, routes, ended), ended), nodes)
            .doOnNext(event -> logEnd(request, event));
    boolean canBegin = !routes.stream().allMatch(Route.Nowhere.class::isInstance);
    return new Plan(nodes, canBegin, events);
  }

  private Flux<RunEvent> admitted(
      Supplier<Flux<RunEvent>> events, AtomicReference<RunFailure> ended) {
    return Flux.defer(
        () -> {
          if (running.incrementAndGet() > limits.runsAtOnce()) {
            running.decrementAndGet();
            String reason = limits.runsAtOnce() + " runs are going on, which is the limit";
            ended.set(failure(Kind.OVERLOADED, reason));
            return Flux.empty();
          }
          return events.get().doFinally(signal -> running.decrementAndGet());
        });
  }

  private Flux<RunEvent> events(
      Order order, List<Route> routes, AtomicReference<RunFailure> ended) {
    Flux<RunEvent> own =
        Flux.fromIterable(transports.callsFor(ownNodes(routes)))
            .flatMap(call -> trigger(call, order), limits.nodesAtOnce());
    List<Route.Via> relays = routesOf(routes, Route.Via.class);
    Flux<RunEvent> others =
        Flux.fromIterable(relays).flatMap(via -> askRelay(via, order), Math.max(1, relays.size()));
    Flux<RunEvent> none =
        Flux.fromIterable(routesOf(routes, Route.Nowhere.class))
            .map(nowhere -> new RunEvent.Failed(nowhere.node(), nowhere.failure()));
    return Flux.merge(none, own, others)
        .filter(event -> order.request().keepOutput() || !isOutput(event))
        .takeUntilOther(Mono.firstWithSignal(late(ended), stopped(ended)));
  }

  private static <T extends Route> List<T> routesOf(List<Route> routes, Class<T> kind) {
    return routes.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static List<NodeEntry> ownNodes(List<Route> routes) {
    return routesOf(routes, Route.Mine.class).stream().map(Route.Mine::node).toList();
  }

  /** A transport with a defect must cost the nodes of its own call only. */
  private Flux<RunEvent> trigger(Call call, Order order) {
    List<NodeId> nodes = call.nodes().stream().map(NodeEntry::id).toList();
    Cancel cancel = order.cancel();
    Flux<RunEvent> events =
        Flux.usingWhen(
                slots.take(order.request().id()).takeUntilOther(cancel.signal()),
                slot -> call.transport().run(call.nodes(), order.request(), cancel.signal()),
                slot -> Mono.fromRunnable(slot::giveBack))
            .concatWith(Flux.defer(() -> cancel.isAsked() ? notBegun(nodes) : Flux.empty()));
    String source =
        nodes.size() == 1
            ? "the transport of node " + nodes.getFirst()
            : "the transport of " + nodes.size() + " nodes";
    return everyNodeEnds(source, () -> endedWithoutTelling(source)).once(events, nodes);
  }

  private Flux<RunEvent> askRelay(Route.Via via, Order order) {
    return Flux.defer(
        () -> order.cancel().isAsked() ? notBegun(via.nodes()) : subRelays.run(via, order));
  }

  private Flux<RunEvent> notBegun(List<NodeId> nodes) {
    RunFailure failure = failure(Kind.STOPPED, "the run was cancelled before it was triggered");
    return Flux.fromIterable(nodes).map(node -> new RunEvent.Failed(node, failure));
  }

  private static boolean isOutput(RunEvent event) {
    return event instanceof RunEvent.Output || event instanceof RunEvent.Gap;
  }

  private EveryNodeEnds everyNodeEnds(String source, Supplier<RunFailure> ended) {
    return new EveryNodeEnds(source, log, error -> failureOf(source, error), ended);
  }

  private RunFailure endedWithoutTelling(String source) {
    return failure(Kind.INTERNAL, source + " ended without telling how the run ended");
  }

  private RunFailure failureOf(String source, Throwable error) {
    log.error("{} failed by a defect", source, error);
    return failure(Kind.INTERNAL, source + " failed: " + Printable.of(error.toString()));
  }

  private Mono<Void> late(AtomicReference<RunFailure> ended) {
    String reason = "the run has not ended after " + limits.duration().toSeconds() + " s";
    return Mono.delay(limits.duration())
        .doOnNext(time -> ended.set(failure(Kind.TIMEOUT, reason)))
        .then();
  }

  private Mono<Void> stopped(AtomicReference<RunFailure> ended) {
    return stopping
        .asMono()
        .doOnSuccess(nothing -> ended.set(failure(Kind.INTERRUPTED, "this relay is stopped")));
  }

  /** Of the same ways, as many at a time as there may be runs. */
  NodeChecks checks() {
    return new NodeChecks(hop, fleet, transports, subRelays, limits.runsAtOnce());
  }

  /** Ends every run: what is open at the nodes is closed, and told as interrupted. */
  public void stop() {
    stopping.tryEmitEmpty();
  }

  private RunFailure failure(Kind kind, String reason) {
    return new RunFailure(kind, hop, reason);
  }

  private void logEnd(RunRequest request, RunEvent event) {
    switch (event) {
      case RunEvent.Failed failed ->
          log.warn("run {}: node {}: {}", request.id(), failed.node(), failed.failure());
      case RunEvent.Finished finished ->
          log.info("run {}: node {}: {}", request.id(), finished.node(), finished.status());
      default -> {}
    }
  }
}
