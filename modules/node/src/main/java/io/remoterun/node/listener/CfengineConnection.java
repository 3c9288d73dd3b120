package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.remoterun.node.access.AccessDecision;
import io.remoterun.node.agent.Attached;
import io.remoterun.protocol.cfengine.Answer;
import io.remoterun.protocol.cfengine.ExecRequest;
import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.protocol.cfengine.ServerAction;
import io.remoterun.protocol.cfengine.ServerConversation;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
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
  private final NodeService service;
  private final PeerLog log;
  private final RunRequests requests;
  private final Channel channel;
  private final NettyInbound in;
  private final NettyOutbound out;
  private final Deadline deadline;
  private final Runnable welcomed;
  private final ServerConversation conversation = new ServerConversation();
  private final Scheduler loop;
  private final Sinks.Many<Mono<Void>> answers = Sinks.many().unicast().onBackpressureBuffer();
  private String user = "";
  private Optional<Attached> running = Optional.empty();
  private boolean isEnded;

  /** A cancel came before it was decided whether there is a run. */
  private boolean isUnwanted;

  /** Whether the log of that run has been read to its end, by its own thread. */
  private volatile boolean isOver;

  /** Ends the conversation; why has been logged. */
  private static final class Over extends RuntimeException {
    Over() {
      super("over", null, false, false);
    }
  }

  /**
   * @param welcomed called when the peer has said who it is and may be here
   */
  CfengineConnection(
      NodeService service,
      PeerLog log,
      Channel channel,
      NettyInbound in,
      NettyOutbound out,
      Consumer<CfengineConnection> welcomed) {
    this.service = service;
    this.welcomed = () -> welcomed.accept(this);
    this.log = log;
    this.channel = channel;
    this.in = in;
    this.out = out;
    this.deadline = new Deadline(channel.eventLoop());
    this.loop = Schedulers.fromExecutor(channel.eventLoop());
    this.requests = new RunRequests(service, log, loop);
  }

  /** Completes when the connection can be closed; never fails. */
  Mono<Void> talk() {
    closeUnlessWithin(service.deadlines().identification(), "did not say who it is");
    channel.pipeline().addFirst(new SendDeadline(service.deadlines().send(), this::takesNothing));
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
          later(answer(requests.run(user, request, run)));
      case ServerAction.Check(ExecRequest request) -> later(answer(requests.check(user, request)));
      case ServerAction.Cancel() -> cancel();
      case ServerAction.Version() ->
          asked(log::allowed, "VERSION: allowed, as for all who are admitted");
      case ServerAction.Refused(String request, String reason) ->
          asked(log::denied, Printable.quoted(request) + ": denied, " + reason);
      case ServerAction.Broken broken -> closed("broke the protocol: " + broken.reason());
    };
  }

  private Mono<Void> identified(String name) {
    user = name;
    return Mono.fromCallable(this::admission)
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(loop)
        .flatMap(this::welcomeOrClose);
  }

  private AccessDecision admission() {
    return requests.admission(user);
  }

  private Mono<Void> welcomeOrClose(AccessDecision decision) {
    return switch (decision) {
      case AccessDecision.Allowed(String by) -> {
        log.allowed("user " + user + " is admitted (admit-keys has " + by + ")");
        welcomed.run();
        waitForRequest();
        yield act(conversation.welcome());
      }
      case AccessDecision.Denied(String reason) ->
          closed("user " + user + " is not admitted: " + reason);
    };
  }

  /** The next one is there only after {@link #answered} of this one. */
  private Mono<Void> later(Mono<Void> answer) {
    return Mono.fromRunnable(() -> answers.tryEmitNext(answer).orThrow());
  }

  private Mono<Void> answer(Mono<RunRequests.Outcome> decided) {
    deadline.stop();
    return decided.flatMap(this::answer).publishOn(loop).then(Mono.defer(this::answered));
  }

  private Mono<Void> answer(RunRequests.Outcome outcome) {
    return switch (outcome) {
      case RunRequests.Run(Attached run, Consumer<String> refused) -> {
        running = Optional.of(run);
        isOver = false;
        Mono<Void> answer = send(RunAnswers.of(run, () -> isOver = true, refused));
        yield isUnwanted ? cancel(run).then(answer) : answer;
      }
      case RunRequests.Told(Readiness readiness) ->
          send(readiness.encode()).then(send(new Answer.End().encode()));
      case RunRequests.Refused(Kind kind, String reason) ->
          send(Flux.fromIterable(RunAnswers.refusal(kind, reason)));
      case RunRequests.Out() -> Mono.error(new Over());
    };
  }

  /** Where there is no run yet, it is stopped as soon as there is. */
  private Mono<Void> cancel() {
    isUnwanted = running.isEmpty();
    return Mono.justOrEmpty(running).flatMap(this::cancel);
  }

  /** Who may not stop the run is told so, and what the run does as before. */
  private Mono<Void> cancel(Attached run) {
    return Mono.justOrEmpty(stop(run))
        .flatMap(reason -> send(new Answer.NotStopped(reason).encode()));
  }

  private Optional<String> stop(Attached run) {
    Optional<String> refusal = run.stop();
    String words = "user " + user + " asks to cancel run " + run.id();
    refusal.ifPresentOrElse(
        reason -> log.denied(words + ": denied, " + reason),
        () -> log.allowed(words + ": allowed, " + run.claim()));
    return refusal;
  }

  private Mono<Void> answered() {
    if (!channel.isActive()) {
      // Reactor Netty takes for sent what cannot be sent any more.
      return Mono.empty();
    }
    leave();
    isUnwanted = false;
    waitForRequest();
    return act(conversation.answered());
  }

  /** It is answered by what is sent next. */
  private Mono<Void> asked(Consumer<String> log, String words) {
    log.accept("user " + user + " asks for " + words);
    return Mono.fromRunnable(this::waitForRequest);
  }

  private Mono<Void> send(Flux<Answer> answers) {
    return out.sendByteArray(answers.map(Answer::encode)).then();
  }

  private void waitForRequest() {
    closeUnlessWithin(service.deadlines().idle(), "asked for nothing");
  }

  private void closeUnlessWithin(Duration time, String problem) {
    deadline.start(
        time,
        () -> {
          log.info(problem + " for " + time.toMillis() / 1000.0 + " s: closed");
          var _ = channel.close();
        });
  }

  /** Its run, if there is one, goes on. */
  private void takesNothing() {
    double seconds = service.deadlines().send().toMillis() / 1000.0;
    end(log::warn, "took nothing of what was sent to it for " + seconds + " s");
  }

  /** Ends the conversation if the peer may not be here any more. Reads files. */
  void endUnlessAdmitted() {
    try {
      if (admission() instanceof AccessDecision.Denied(String reason)) {
        loop.schedule(() -> end(log::denied, "is not admitted any more: " + reason));
      }
    } catch (RuntimeException e) {
      // What is not known to be allowed is denied.
      loop.schedule(
          () -> end(log::denied, "may not be admitted any more, which cannot be told: " + e));
      throw e;
    }
  }

  private void end(Consumer<String> log, String reason) {
    if (!isEnded && channel.isActive()) {
      isEnded = true;
      String run =
          running.filter(it -> !isOver).map(it -> ", run " + it.id() + " goes on").orElse("");
      log.accept(reason + ": closed" + run);
      leave();
      var _ = channel.close();
    }
  }

  private void leave() {
    running.ifPresent(Attached::leave);
    running = Optional.empty();
  }

  private Mono<Void> send(byte[] bytes) {
    return out.sendByteArray(Mono.just(bytes)).then();
  }

  private Mono<Void> closed(String reason) {
    return Mono.error(
        () -> {
          log.denied(reason + ": closed");
          return new Over();
        });
  }

  /** However it ends: Reactor Netty may also cancel what a closed connection is about. */
  private void over(SignalType end) {
    deadline.stop();
    running
        .filter(run -> !isOver)
        .ifPresent(run -> log.warn("is lost while run " + run.id() + " goes on"));
    leave();
  }

  private Mono<Void> lost(Throwable failure) {
    if (!(failure instanceof Over) && !isEnded) {
      log.warn("is lost: " + Printable.of(failure.toString()));
    }
    return Mono.empty();
  }
}
