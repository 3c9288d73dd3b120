package io.remoterun.node.listener;

import io.netty.channel.Channel;
import io.remoterun.node.access.AccessDecision;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.protocol.cfengine.Answer;
import io.remoterun.protocol.cfengine.ExecRequest;
import io.remoterun.protocol.cfengine.Refusal;
import io.remoterun.protocol.cfengine.ServerAction;
import io.remoterun.protocol.cfengine.ServerConversation;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;

/**
 * One connection of a peer whose key is named in the configuration: does what the conversation
 * says, one action after the other. While a run is answered nothing more is read, so that a peer
 * cannot pile up requests; and a run's log is read only as fast as the peer takes it.
 */
final class CfengineConnection {
  private final NodeService service;
  private final Logger logger;
  private final Peer peer;
  private final Channel channel;
  private final NettyInbound in;
  private final NettyOutbound out;
  private final Deadline deadline;
  private final ServerConversation conversation = new ServerConversation();
  private String user = "";
  private String running = "";

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
  }

  /** Completes when the connection can be closed; never fails. */
  Mono<Void> talk() {
    closeUnlessWithin(service.identification(), "did not say who it is");
    return send(conversation.greeting())
        .thenMany(in.receive().asByteArray())
        .concatMap(bytes -> act(conversation.received(ByteBuffer.wrap(bytes))), 0)
        .then()
        .onErrorResume(this::lost)
        .doOnCancel(this::closedMeanwhile)
        .doFinally(end -> deadline.stop());
  }

  private Mono<Void> act(List<ServerAction> actions) {
    return Flux.fromIterable(actions).concatMap(this::act).then();
  }

  private Mono<Void> act(ServerAction action) {
    return switch (action) {
      case ServerAction.Send send -> send(send.bytes().toByteArray());
      case ServerAction.Identified identified -> identified(identified.user());
      case ServerAction.Execute execute -> execute(execute.request());
      case ServerAction.Refused refused -> refused(refused);
      case ServerAction.Broken broken -> over("broke the protocol: " + broken.reason());
    };
  }

  private Mono<Void> identified(String name) {
    user = name;
    return Mono.fromCallable(() -> service.keys().admit(name, peer.key()))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(this::welcomeOrClose);
  }

  private Mono<Void> welcomeOrClose(AccessDecision decision) {
    return switch (decision) {
      case AccessDecision.Allowed() -> {
        waitForRequest();
        yield act(conversation.welcome());
      }
      case AccessDecision.Denied(String reason) -> over("is not admitted: " + reason);
    };
  }

  private Mono<Void> execute(ExecRequest request) {
    deadline.stop();
    AccessDecision decision = service.policy().decide(user, request.conditions());
    Mono<Void> answer =
        switch (decision) {
          case AccessDecision.Allowed() -> start(request);
          case AccessDecision.Denied(String reason) -> refuse(request, Kind.REFUSED, reason);
        };
    return answer.then(Mono.defer(this::answered));
  }

  private Mono<Void> start(ExecRequest request) {
    return switch (service.runs().start(request.conditions())) {
      case AgentRuns.Refused(Kind kind, String reason) -> refuse(request, kind, reason);
      case AgentRuns.Running(var id, RunLog log) -> {
        logger.info(
            "{} user {} asks for a run with {}: allowed, run {}",
            peer,
            user,
            request.conditions(),
            id);
        running = " while run " + id + " goes on";
        yield send(log.events().concatMapIterable(CfengineConnection::answers));
      }
    };
  }

  private Mono<Void> refuse(ExecRequest request, Kind kind, String reason) {
    logger.warn(
        "{} user {} asks for a run with {}: denied, {}", peer, user, request.conditions(), reason);
    return send(Flux.fromIterable(refusal(kind, reason)));
  }

  private Mono<Void> answered() {
    running = "";
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

  private Mono<Void> over(String reason) {
    return Mono.error(
        () -> {
          logger.warn("{} {}: closed", peer, reason);
          return new Over();
        });
  }

  /** Reactor Netty cancels the conversation of a connection that is closed under it. */
  private void closedMeanwhile() {
    if (!running.isEmpty()) {
      logger.warn("{} is lost{}: the connection was closed", peer, running);
    }
  }

  private Mono<Void> lost(Throwable failure) {
    if (!(failure instanceof Over)) {
      logger.warn("{} is lost{}: {}", peer, running, Printable.of(failure.toString()));
    }
    return Mono.empty();
  }
}
