package io.remoterun.relay.transport;

import io.remoterun.protocol.cfengine.ClientConversation;
import io.remoterun.protocol.cfengine.ClientPhase;
import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.check.CheckStep.State;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.check.ConnectionCheck;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/**
 * Goes the way of a run up to the welcome of the node, and no key is stored. A node of ours is then
 * asked whether it would start its agent; of CFEngine's server only a run tells.
 */
final class CfengineCheck {
  /** Its access rules for the agent's command are looked at when that is asked for. */
  private static final String KNOWS_THE_KEY = "knows this relay's key";

  private final CfengineTransport.Settings settings;
  private final CfengineConnector connector;
  private final CfengineFailures failures;
  private final ConnectionCheck way;
  private final RunId id = RunId.random();
  private final ClientConversation conversation;

  CfengineCheck(
      CfengineTransport.Settings settings, CfengineConnector connector, CfengineFailures failures) {
    this.settings = settings;
    this.connector = connector;
    this.failures = failures;
    this.way = new ConnectionCheck(settings.hop(), failures.target().toString(), true);
    this.conversation = ClientConversation.check(settings.user(), id);
  }

  /** Never fails. */
  Mono<List<CheckStep>> steps() {
    CfengineTarget target = failures.target();
    if (target.keys().isNone()) {
      return Mono.just(
          List.of(CheckStep.failed(Step.KEY, CfengineFailures.failureOf(failures.noKey()), 0)));
    }
    return Mono.usingWhen(
            connector.connect(target, id, way::watch),
            this::welcome,
            connection -> Mono.fromRunnable(connection::dispose))
        .onErrorResume(error -> Mono.just(failures.of(error)))
        .map(this::end);
  }

  private Mono<RunEvent> welcome(Connection connection) {
    if (failures.target().keys().isFirstUse()) {
      way.securedByAnyKey(connection, "and none is known yet: the first run stores it");
    } else {
      way.secured(connection);
    }
    Duration answer = settings.deadlines().answer();
    // All together: whoever waits for the steps has a deadline, too. On the conversation's thread.
    return new CfengineRun(settings, conversation, failures, connection)
        .events(Mono.never())
        .last()
        .timeout(
            answer,
            Mono.error(() -> late(answer)),
            Schedulers.fromExecutorService(connection.channel().eventLoop()));
  }

  private TimeoutException late(Duration answer) {
    String words = "waited " + CfengineTransport.words(answer) + " for ";
    return new TimeoutException(words + conversation.phase().awaited());
  }

  private List<CheckStep> end(RunEvent last) {
    RunFailure failure = CfengineFailures.failureOf(last);
    boolean isWelcome = failure.kind() == Kind.STOPPED;
    if (isWelcome || conversation.phase() == ClientPhase.CHECK) {
      way.ok(Step.ACCESS, conversation.isOurs() ? "lets this relay in" : KNOWS_THE_KEY);
    }
    if (!isWelcome) {
      way.failed(failure);
      return way.steps();
    }
    CheckStep agent = conversation.readiness().map(this::told).orElseGet(this::notTold);
    return Stream.concat(way.steps().stream(), Stream.of(agent)).toList();
  }

  private CheckStep told(Readiness readiness) {
    boolean isReady = readiness.state() == Readiness.State.READY;
    return new CheckStep(
        "node " + failures.target().node().id(),
        Step.AGENT,
        isReady ? State.OK : State.FAILED,
        readiness.words(),
        advice(readiness.state()),
        0);
  }

  private static String advice(Readiness.State state) {
    return switch (state) {
      case READY -> "";
      case BUSY -> "try again when these are over; on the node, remote-run status shows them";
      case DISABLED -> "remove that file on the node, if its agent shall run again";
      case UNSTARTABLE -> "check agent.command on the node, or the helper that starts it";
    };
  }

  private CheckStep notTold() {
    String why =
        conversation.isOurs()
            ? ": is a Remote Run node that knows no checks: update it, or have its agent run"
            : ": is CFEngine's server, which tells only when its agent is run";
    return CheckStep.unknown(settings.hop(), Step.AGENT, failures.target() + why);
  }
}
