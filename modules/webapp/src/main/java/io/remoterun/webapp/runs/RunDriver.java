package io.remoterun.webapp.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.protocol.run.TraceParent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks the root relay for a run: once for all its nodes, under the run's own id; or, where only
 * some of them may run at once or a number of failures stops it, node by node, each under an id
 * that follows from the run's and the node's.
 */
final class RunDriver {
  /** Where failures may stop a run and nobody said how many nodes run at once. */
  static final int CAREFUL = 50;

  private static final String HOP = "webapp";

  private final RootRelay relay;
  private final InstantSource clock;

  RunDriver(RootRelay relay, InstantSource clock) {
    this.relay = relay;
    this.clock = clock;
  }

  /**
   * Never fails; ends with the last terminal event.
   *
   * @param hopeless those of the nodes that the relay need not be asked for, and why
   * @param standing how the run stands, by the events that this has told
   * @param trace the step that it is part of
   */
  Flux<RunEvent> begin(
      RunRecord run,
      List<NodeId> nodes,
      Map<NodeId, RunFailure> hopeless,
      Mono<Void> cancel,
      Supplier<Counts> standing,
      Optional<TraceParent> trace) {
    List<NodeId> asked = nodes.stream().filter(node -> !hopeless.containsKey(node)).toList();
    int atOnce = atOnce(run.how());
    Flux<RunEvent> events =
        atOnce == 0
            ? Flux.defer(() -> together(run, asked, cancel, trace))
            : nodeByNode(
                run, asked, cancel, () -> without(hopeless.size(), standing.get()), atOnce, trace);
    return Flux.fromIterable(hopeless.entrySet())
        .map(node -> notStarted(node.getKey(), node.getValue()))
        .concatWith(asked.isEmpty() ? Flux.empty() : events);
  }

  /** What was clear before says nothing about how the run goes. */
  private static Counts without(int hopeless, Counts counts) {
    return new Counts(
        counts.waiting(),
        counts.running(),
        counts.succeeded(),
        counts.agentErrors(),
        counts.failed() - hopeless,
        counts.stopped(),
        counts.unconfirmed());
  }

  private Flux<RunEvent> together(
      RunRecord run, List<NodeId> nodes, Mono<Void> cancel, Optional<TraceParent> trace) {
    return isLate(run)
        ? Flux.fromIterable(nodes).map(node -> notStarted(node, late()))
        : relay.run(request(run.id(), nodes, run).within(trace), nodes, deadline(run), cancel);
  }

  /**
   * A run that an earlier process has begun. Nothing new begins.
   *
   * @param known what was told of it before
   */
  Flux<RunEvent> resume(RunRecord run, List<NodeId> nodes, RetoldEvents known, Mono<Void> cancel) {
    if (known.open(nodes).isEmpty()) {
      return Flux.empty();
    }
    Flux<RunEvent> told =
        atOnce(run.how()) == 0
            ? relay.attach(request(run.id(), nodes, run), nodes, deadline(run), cancel)
            : Flux.fromIterable(known.open(nodes))
                .flatMap(node -> attach(run, node, cancel), CAREFUL);
    return told.concatMapIterable(event -> known.news(event).stream().toList());
  }

  private Flux<RunEvent> attach(RunRecord run, NodeId node, Mono<Void> cancel) {
    List<NodeId> only = List.of(node);
    return relay.attach(request(idFor(run, node), only, run), only, deadline(run), cancel);
  }

  private Flux<RunEvent> nodeByNode(
      RunRecord run,
      List<NodeId> nodes,
      Mono<Void> cancel,
      Supplier<Counts> standing,
      int atOnce,
      Optional<TraceParent> trace) {
    AtomicBoolean isCancelled = new AtomicBoolean();
    Mono<Void> noted = cancel.doOnSuccess(done -> isCancelled.set(true));
    return Flux.fromIterable(nodes)
        .flatMap(
            node ->
                hindrance(run, standing.get(), isCancelled.get())
                    .map(why -> Flux.just(notStarted(node, why)))
                    .orElseGet(() -> one(run, node, noted, trace)),
            atOnce);
  }

  /** Why no more nodes begin, if that is so. */
  private Optional<RunFailure> hindrance(RunRecord run, Counts counts, boolean isCancelled) {
    if (isCancelled) {
      return Optional.of(stopped("the run was cancelled before its turn"));
    }
    if (isLate(run)) {
      return Optional.of(late());
    }
    int unsuccessful = counts.agentErrors() + counts.failed();
    return run.how().stopAfter().isReached(unsuccessful, counts.targets())
        ? Optional.of(
            stopped("the run stopped, because " + unsuccessful + " nodes did not succeed"))
        : Optional.empty();
  }

  private static RunFailure stopped(String why) {
    return new RunFailure(Kind.STOPPED, HOP, why);
  }

  /** Asked for after that, the relay would hear of the stop before it hears of the run. */
  private boolean isLate(RunRecord run) {
    return !clock.instant().isBefore(deadline(run));
  }

  private static RunFailure late() {
    return new RunFailure(Kind.TIMEOUT, HOP, "the run's deadline passed before its turn");
  }

  private Flux<RunEvent> one(
      RunRecord run, NodeId node, Mono<Void> cancel, Optional<TraceParent> trace) {
    List<NodeId> only = List.of(node);
    return relay.run(
        request(idFor(run, node), only, run).within(trace), only, deadline(run), cancel);
  }

  private static RunEvent notStarted(NodeId node, RunFailure why) {
    return new RunEvent.Failed(node, why);
  }

  private static int atOnce(RunRecord.How how) {
    OptionalInt asked = how.concurrency();
    return asked.orElse(how.stopAfter() instanceof StopAfter.Never ? 0 : CAREFUL);
  }

  private static Instant deadline(RunRecord run) {
    return run.began().plus(run.how().deadline());
  }

  private static RunRequest request(RunId id, List<NodeId> nodes, RunRecord run) {
    return new RunRequest(
        id, new RunTarget.Nodes(nodes), run.conditions(), false, run.how().keepOutput());
  }

  /** The same after a restart, so that the relay can be asked what became of it. */
  static RunId idFor(RunRecord run, NodeId node) {
    return new RunId(UUID.nameUUIDFromBytes((run.id() + " " + node).getBytes(UTF_8)));
  }
}
