package io.remoterun.relay.transport;

import io.netty.handler.ssl.SslClosedEngineException;
import io.remoterun.protocol.cfengine.ClientAction;
import io.remoterun.protocol.cfengine.ClientConversation;
import io.remoterun.protocol.cfengine.ClientPhase;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;

/**
 * One run over one connection, whose peer's key has been checked. Bytes are asked for one read at a
 * time, when the events of the read before have been taken; only while a read is waited for does
 * the node's deadline run, so that a slow consumer is never taken for a slow node.
 */
final class CfengineRun {
  private final CfengineTransport.Deadlines deadlines;
  private final CfengineFailures failures;
  private final Connection connection;
  private final NodeId node;
  private final ClientConversation conversation;
  private final WholeLines lines;
  private final Disposable.Swap deadline = Disposables.swap();
  private final Sinks.Empty<Void> expired = Sinks.empty();

  CfengineRun(
      CfengineTransport.Settings settings,
      RunRequest request,
      CfengineFailures failures,
      Connection connection) {
    this(
        settings,
        new ClientConversation(settings.user(), request.id(), request.conditions()),
        failures,
        connection);
  }

  CfengineRun(
      CfengineTransport.Settings settings,
      ClientConversation conversation,
      CfengineFailures failures,
      Connection connection) {
    this.deadlines = settings.deadlines();
    this.failures = failures;
    this.connection = connection;
    this.node = failures.target().node().id();
    this.conversation = conversation;
    this.lines = new WholeLines(settings.mostBytesOfLine());
  }

  /** Ends with a terminal event; never fails. */
  Flux<RunEvent> events(Mono<Void> cancel) {
    Flux<RunEvent> told =
        reads()
            .concatMap(bytes -> act(conversation.received(ByteBuffer.wrap(bytes))), 0)
            .concatWith(Flux.defer(this::closed));
    // The conversation belongs to the connection's event loop.
    Flux<RunEvent> cancelled =
        cancel
            .publishOn(Schedulers.fromExecutor(connection.channel().eventLoop()))
            .thenMany(Flux.defer(this::cancelled));
    return Flux.merge(1, told, cancelled)
        .takeUntilOther(late())
        .onErrorResume(this::lost)
        .takeUntil(RunEvent::isTerminal)
        .doFinally(end -> deadline.dispose());
  }

  /** Unless it is over by then, the node has been asked to stop its agent. */
  private Flux<RunEvent> cancelled() {
    Duration time = deadlines.cancel();
    String unconfirmed =
        "the run was cancelled, and its end is not told after " + CfengineTransport.words(time);
    return act(conversation.cancel())
        .concatWith(
            Mono.delay(time)
                .flatMapIterable(end -> afterRest(failures.seen(Kind.UNCONFIRMED, unconfirmed))));
  }

  private Mono<Void> late() {
    String late = "the run is not over after " + CfengineTransport.words(deadlines.run());
    return Mono.delay(deadlines.run()).then(Mono.error(() -> new TimeoutException(late)));
  }

  private Flux<byte[]> reads() {
    return connection
        .inbound()
        .receive()
        .asByteArray()
        .doOnRequest(count -> await())
        .doOnNext(bytes -> deadline.update(Disposables.disposed()))
        .takeUntilOther(expired.asMono());
  }

  private void await() {
    ClientPhase phase = conversation.phase();
    Duration time = phase == ClientPhase.OUTPUT ? deadlines.silence() : deadlines.answer();
    String late =
        "said nothing for " + CfengineTransport.words(time) + ", waiting for " + phase.awaited();
    deadline.update(
        Schedulers.parallel()
            .schedule(
                () -> expired.tryEmitError(new TimeoutException(late)),
                time.toMillis(),
                TimeUnit.MILLISECONDS));
  }

  /** What is to be sent comes before anything is told; in one list nothing depends on it. */
  private Flux<RunEvent> act(List<ClientAction> actions) {
    List<byte[]> sent = new ArrayList<>();
    List<RunEvent> told = new ArrayList<>();
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.Send(OutputBytes bytes)) {
        sent.add(bytes.toByteArray());
      } else {
        told.addAll(events(action));
      }
    }
    Flux<RunEvent> events = Flux.fromIterable(told);
    return sent.isEmpty() ? events : send(sent).thenMany(events);
  }

  private List<RunEvent> events(ClientAction action) {
    return switch (action) {
      case ClientAction.Send _ -> List.of();
      case ClientAction.Started(String command) -> List.of(new RunEvent.Started(node, command));
      case ClientAction.Printed(OutputBytes bytes) -> outputs(lines.add(bytes));
      case ClientAction.Dropped(long from, long bytes) ->
          afterRest(new RunEvent.Gap(node, from, bytes));
      case ClientAction.Ended ended -> afterRest(new RunEvent.Finished(node, ended.status()));
      case ClientAction.Refused(Kind kind, String words) -> afterRest(failures.byNode(kind, words));
      case ClientAction.Failed(Kind kind, String what) -> afterRest(failed(kind, what));
    };
  }

  /** Nobody but us refuses in words of ours: the node was silent, and it was about our key. */
  private RunEvent failed(Kind kind, String what) {
    return kind == Kind.REFUSED ? failures.keyRefused(what) : failures.seen(kind, what);
  }

  private Mono<Void> send(List<byte[]> bytes) {
    return connection.outbound().sendByteArray(Flux.fromIterable(bytes)).then();
  }

  private List<RunEvent> outputs(List<OutputBytes> whole) {
    List<RunEvent> outputs = new ArrayList<>(whole.size() + 1);
    whole.forEach(line -> outputs.add(new RunEvent.Output(node, line)));
    return outputs;
  }

  private List<RunEvent> afterRest(RunEvent event) {
    List<RunEvent> events = outputs(lines.flush());
    events.add(event);
    return events;
  }

  private Flux<RunEvent> closed() {
    return act(conversation.closed());
  }

  /** What a lost connection means depends on what was waited for; all else speaks for itself. */
  private Flux<RunEvent> lost(Throwable error) {
    boolean isClosed =
        error instanceof AbortedException
            || error instanceof SslClosedEngineException
            || (error instanceof IOException && !(error instanceof SSLException));
    return isClosed ? closed() : Flux.fromIterable(afterRest(failures.of(error)));
  }
}
