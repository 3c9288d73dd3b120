package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.remoterun.node.access.AccessDecision;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.protocol.cfengine.Answer;
import io.remoterun.protocol.cfengine.ExecRequest;
import io.remoterun.protocol.cfengine.Refusal;
import io.remoterun.protocol.cfengine.ServerAction;
import io.remoterun.protocol.cfengine.ServerConversation;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;

/**
 * One connection of a peer whose key is named in the configuration: does what the conversation
 * says, one action after the other. A run's log is read only as fast as the peer takes it. While it
 * is answered, what the peer sends is read all the same, for a cancel, and to see it leave; the
 * conversation bounds what that may be. All this happens on the connection's event loop.
 */
final class CfengineConnection {
  /** How often a peer that waits for another run hears that it does. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  private final NodeService service;
  private final Logger logger;
  private final Peer peer;
  private final Channel channel;
  private final NettyInbound in;
  private final NettyOutbound out;
  private final Deadline deadline;
  private final ServerConversation conversation = new ServerConversation();
  private final Scheduler loop;
  private final Sinks.Many<Mono<Void>> answers = Sinks.many().unicast().onBackpressureBuffer();
  private String user = "";
  private Optional<Attached> running = Optional.empty();

  /** Whether the log of that run has been read to its end, by its own thread. */
  private volatile boolean isOver;

  /** Ends the conversation; why has been logged. */
  private static final class Over extends RuntimeException {
    Over() {
      super("over", null, false, false);
    }
  }

  CfengineConnection(NodeService service, Channel channel, NettyInbound in, NettyOutbound out) {
    this.service = service;
    this.logger = service.logger();
    this.peer = Peer.of(channel);
    this.channel = channel;
    this.in = in;
    this.out = out;
    this.deadline = new Deadline(channel.eventLoop());
    this.loop = Schedulers.fromExecutor(channel.eventLoop());
  }

  /** Completes when the connection can be closed; never fails. */
  Mono<Void> talk() {
    closeUnlessWithin(service.identification(), "did not say who it is");
    Mono<Void> heard =
        send(conversation.greeting())
            .thenMany(in.receive().asByteArray())
            .concatMap(bytes -> act(conversation.received(ByteBuffer.wrap(bytes))), 0)
            .then();
    // Never completes: who leaves does not wait for the answer.
    Mono<Void> answered = answers.asFlux().concatMap(Function.identity(), 0).then();
    return Mono.firstWithSignal(heard, answered).onErrorResume(this::lost).doFinally(this::over);
  }

  private Mono<Void> act(List<ServerAction> actions) {
    return Flux.fromIterable(actions).concatMap(this::act).then();
  }

  private Mono<Void> act(ServerAction action) {
    return switch (action) {
      case ServerAction.Send send -> send(send.bytes().toByteArray());
      case ServerAction.Identified identified -> identified(identified.user());
      case ServerAction.Execute(ExecRequest request, Optional<RunId> run) ->
          later(execute(request, run));
      case ServerAction.Cancel() -> cancel();
      case ServerAction.Refused refused -> refused(refused);
      case ServerAction.Broken broken -> closed("broke the protocol: " + broken.reason());
    };
  }

  private Mono<Void> identified(String name) {
    user = name;
    return Mono.fromCallable(() -> service.keys().admit(name, peer.key()))
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(loop)
        .flatMap(this::welcomeOrClose);
  }

  private Mono<Void> welcomeOrClose(AccessDecision decision) {
    return switch (decision) {
      case AccessDecision.Allowed() -> {
        waitForRequest();
        yield act(conversation.welcome());
      }
      case AccessDecision.Denied(String reason) -> closed("is not admitted: " + reason);
    };
  }

  /** The next one is there only after {@link #answered} of this one. */
  private Mono<Void> later(Mono<Void> answer) {
    return Mono.fromRunnable(() -> answers.tryEmitNext(answer).orThrow());
  }

  private Mono<Void> execute(ExecRequest request, Optional<RunId> id) {
    deadline.stop();
    AccessDecision decision = service.policy().decide(user, request.conditions());
    Mono<Void> answer =
        switch (decision) {
          case AccessDecision.Allowed() -> start(request, id);
          case AccessDecision.Denied(String reason) -> refuse(request, Kind.REFUSED, reason);
        };
    return answer.publishOn(loop).then(Mono.defer(this::answered));
  }

  private Mono<Void> start(ExecRequest request, Optional<RunId> id) {
    return switch (service.runs().start(id, request.conditions())) {
      case AgentRuns.Refused(Kind kind, String reason) -> refuse(request, kind, reason);
      case Attached run -> {
        logger.info(
            "{} user {} asks for a run with {}: allowed, run {}{}",
            peer,
            user,
            request.conditions(),
            run.id(),
            id.filter(own -> !own.equals(run.id())).map(own -> ", joined as " + own).orElse(""));
        running = Optional.of(run);
        isOver = false;
        yield send(answers(run));
      }
    };
  }

  private Flux<Answer> answers(Attached run) {
    Flux<Answer> answers =
        run.log()
            .events()
            .doOnComplete(() -> isOver = true)
            .concatMapIterable(CfengineConnection::answers);
    return run.awaited().map(other -> whileWaiting(run, other, answers)).orElse(answers);
  }

  /** A peer may have little patience until it hears something. */
  private static Flux<Answer> whileWaiting(Attached run, String other, Flux<Answer> answers) {
    Sinks.Empty<Void> begun = Sinks.empty();
    Answer words = new Answer.Sentence("run " + run.id() + " waits for the end of " + other + "\n");
    return Flux.merge(
        Flux.interval(Duration.ZERO, SIGN_OF_LIFE)
            .onBackpressureDrop()
            .map(tick -> words)
            .takeUntilOther(begun.asMono()),
        answers.doOnNext(first -> begun.tryEmitEmpty()));
  }

  /** Who may not stop the run is told so, and what the run does as before. */
  private Mono<Void> cancel() {
    return Mono.defer(
        () -> {
          Optional<String> refusal = running.flatMap(this::stop);
          return Mono.justOrEmpty(refusal)
              .flatMap(
                  reason -> send(new Answer.Sentence("(not stopped: " + reason + ")\n").encode()));
        });
  }

  private Optional<String> stop(Attached run) {
    Optional<String> refusal = run.stop();
    logger.info(
        "{} cancels run {}{}", peer, run.id(), refusal.map(reason -> ": no, " + reason).orElse(""));
    return refusal;
  }

  private Mono<Void> refuse(ExecRequest request, Kind kind, String reason) {
    logger.warn(
        "{} user {} asks for a run with {}: denied, {}", peer, user, request.conditions(), reason);
    return send(Flux.fromIterable(refusal(kind, reason)));
  }

  private Mono<Void> answered() {
    if (!channel.isActive()) {
      // Reactor Netty takes for sent what cannot be sent any more.
      return Mono.empty();
    }
    running.ifPresent(Attached::leave);
    running = Optional.empty();
    waitForRequest();
    return act(conversation.answered());
  }

  private Mono<Void> refused(ServerAction.Refused refused) {
    logger.warn(
        "{} user {} asks for '{}': denied, {}", peer, user, refused.request(), refused.reason());
    return Mono.empty();
  }

  /** What the protocol says for an event of the run. */
  private static List<Answer> answers(RunEvent event) {
    return switch (event) {
      case RunEvent.Started started -> List.of(new Answer.Start(started.command()));
      case RunEvent.Output output -> List.of(new Answer.Output(output.bytes()));
      case RunEvent.Gap gap -> List.of(new Answer.Gap(gap.bytes()));
      case RunEvent.Heartbeat _ -> List.of();
      case RunEvent.Finished(_, ExitStatus.Code(int code)) ->
          List.of(new Answer.Exit(code), new Answer.End());
      case RunEvent.Finished _ -> List.of(new Answer.End());
      case RunEvent.Failed(_, RunFailure(Kind kind, _, String reason)) when kind == Kind.STOPPED ->
          List.of(new Answer.Stopped(reason), new Answer.End());
      case RunEvent.Failed(_, RunFailure failure) -> refusal(failure.kind(), failure.reason());
    };
  }

  private static List<Answer> refusal(Kind kind, String reason) {
    return List.of(new Answer.Sentence(Refusal.sentence(kind, reason)), new Answer.End());
  }

  private Mono<Void> send(Flux<Answer> answers) {
    return out.sendByteArray(answers.map(Answer::encode)).then();
  }

  private void waitForRequest() {
    closeUnlessWithin(service.idle(), "asked for nothing");
  }

  private void closeUnlessWithin(Duration time, String problem) {
    deadline.start(
        time,
        () -> {
          logger.info("{} {} for {} s: closed", peer, problem, time.toMillis() / 1000.0);
          var _ = channel.close();
        });
  }

  private Mono<Void> send(byte[] bytes) {
    return out.sendByteArray(Mono.just(bytes)).then();
  }

  private Mono<Void> closed(String reason) {
    return Mono.error(
        () -> {
          logger.warn("{} {}: closed", peer, reason);
          return new Over();
        });
  }

  /** However it ends: Reactor Netty may also cancel what a closed connection is about. */
  private void over(SignalType end) {
    deadline.stop();
    running.ifPresent(Attached::leave);
    running
        .filter(run -> !isOver)
        .ifPresent(run -> logger.warn("{} is lost while run {} goes on", peer, run.id()));
  }

  private Mono<Void> lost(Throwable failure) {
    if (!(failure instanceof Over)) {
      logger.warn("{} is lost: {}", peer, Printable.of(failure.toString()));
    }
    return Mono.empty();
  }
}
