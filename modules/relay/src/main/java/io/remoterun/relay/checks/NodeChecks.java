package io.remoterun.relay.checks;

import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.check.CheckStep.State;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.topology.Fleet;
import io.remoterun.relay.topology.Route;
import io.remoterun.relay.transport.Transports;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** Tells of each step of the way to a node whether it is well. Runs nothing. Thread-safe. */
public final class NodeChecks {
  private final String hop;
  private final Supplier<Fleet> fleet;
  private final Transports transports;
  private final SubRelays subRelays;
  private final int mostAtOnce;
  private final AtomicInteger going = new AtomicInteger();

  /**
   * @param mostAtOnce further ones fail at once
   */
  public NodeChecks(
      String hop,
      Supplier<Fleet> fleet,
      Transports transports,
      SubRelays subRelays,
      int mostAtOnce) {
    this.hop = hop;
    this.fleet = fleet;
    this.transports = transports;
    this.subRelays = subRelays;
    this.mostAtOnce = mostAtOnce;
  }

  /**
   * Never fails: the step that went wrong is the last one.
   *
   * @param path the relays that the request has come through, the first one first
   */
  public Mono<List<CheckStep>> check(NodeId node, List<NodeId> path) {
    return Mono.defer(
        () -> {
          if (going.incrementAndGet() > mostAtOnce) {
            going.decrementAndGet();
            String reason = mostAtOnce + " checks are going on, which is the limit";
            return nowhere(new RunFailure(Kind.OVERLOADED, hop, reason));
          }
          return way(node, path).doFinally(end -> going.decrementAndGet());
        });
  }

  private Mono<List<CheckStep>> way(NodeId node, List<NodeId> path) {
    Fleet now = fleet.get();
    return switch (now.topology().routesTo(RunTarget.node(node)).getFirst()) {
      case Route.Nowhere nowhere -> nowhere(nowhere.failure());
      case Route.Mine(NodeEntry mine) ->
          transports
              .of(mine)
              .check(mine)
              .map(steps -> after("node " + node + " is one of this relay's own", steps));
      case Route.Via via ->
          subRelays
              .check(via.relay(), node, now, path)
              .map(steps -> after("node " + node + " is behind relay " + via.relay().id(), steps));
    };
  }

  private List<CheckStep> after(String route, List<CheckStep> steps) {
    CheckStep first = new CheckStep(hop, Step.ROUTE, State.OK, route, "", 0);
    return Stream.concat(Stream.of(first), steps.stream()).toList();
  }

  private static Mono<List<CheckStep>> nowhere(RunFailure failure) {
    return Mono.just(List.of(CheckStep.failed(Step.ROUTE, failure, 0)));
  }
}
