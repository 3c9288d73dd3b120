package io.remoterun.relay;

import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.transport.NodeTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Nodes that do what a test says, and stop when they are told to. One without a script prints
 * {@code NODE: OK}, with the conditions that it was given, and ends with 0.
 */
public final class ScriptedTransport implements NodeTransport {
  private final Map<NodeId, Function<NodeEntry, Flux<RunEvent>>> scripts =
      new ConcurrentHashMap<>();
  private final List<NodeId> triggered = new CopyOnWriteArrayList<>();
  private final List<NodeId> cancelled = new CopyOnWriteArrayList<>();
  private final List<NodeId> ended = new CopyOnWriteArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();

  /** From now on this node does that. */
  public void script(String node, Flux<RunEvent> events) {
    scripts.put(new NodeId(node), entry -> events);
  }

  /** From now on this node does what is emitted. */
  public Sinks.Many<RunEvent> control(String node) {
    Sinks.Many<RunEvent> sink = Sinks.many().unicast().onBackpressureBuffer();
    script(node, sink.asFlux());
    return sink;
  }

  public List<NodeId> triggered() {
    return triggered;
  }

  public List<NodeId> cancelled() {
    return cancelled;
  }

  public int mostRunning() {
    return mostRunning.get();
  }

  @Override
  public Flux<RunEvent> run(List<NodeEntry> nodes, RunRequest request, Mono<Void> cancel) {
    NodeEntry node = nodes.getFirst();
    triggered.add(node.id());
    Function<NodeEntry, Flux<RunEvent>> script =
        scripts.getOrDefault(node.id(), entry -> ok(entry, request));
    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    AtomicBoolean stopped = new AtomicBoolean();
    return script
        .apply(node)
        .takeUntilOther(cancel.doOnSuccess(nothing -> stopped.set(true)))
        .concatWith(Flux.defer(() -> stopped.get() ? Flux.just(stopped(node)) : Flux.empty()))
        .doOnNext(this::noteEnd)
        .doOnCancel(() -> cancelledUnlessEnded(node.id()))
        .doFinally(signal -> running.decrementAndGet());
  }

  private void noteEnd(RunEvent event) {
    if (event.isTerminal()) {
      ended.add(event.node());
    }
  }

  private void cancelledUnlessEnded(NodeId node) {
    if (!ended.contains(node)) {
      cancelled.add(node);
    }
  }

  private static Flux<RunEvent> ok(NodeEntry node, RunRequest request) {
    List<String> conditions = request.conditions().stream().map(Condition::value).toList();
    return Flux.just(
        started(node.id().value()),
        output(node.id().value(), node.id() + ": OK " + conditions + "\n"),
        finished(node.id().value(), 0));
  }

  private static RunEvent stopped(NodeEntry node) {
    RunFailure failure = new RunFailure(Kind.STOPPED, "node " + node.id(), "the agent was stopped");
    return new RunEvent.Failed(node.id(), failure);
  }

  public static RunEvent started(String node) {
    return new RunEvent.Started(new NodeId(node), "agent");
  }

  public static RunEvent output(String node, String text) {
    return new RunEvent.Output(new NodeId(node), OutputBytes.ofUtf8(text));
  }

  public static RunEvent finished(String node, int status) {
    return new RunEvent.Finished(new NodeId(node), ExitStatus.code(status));
  }
}
