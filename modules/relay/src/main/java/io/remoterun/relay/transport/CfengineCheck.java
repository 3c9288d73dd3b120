package io.remoterun.relay.transport;

import io.remoterun.protocol.cfengine.ClientConversation;
import io.remoterun.protocol.check.CheckStep;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.check.ConnectionCheck;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Goes the way of a run up to the welcome of the node, and no further: nothing is asked for, and no
 * key is stored.
 */
final class CfengineCheck {
  private final CfengineTransport.Settings settings;
  private final CfengineConnector connector;
  private final CfengineFailures failures;
  private final ConnectionCheck way;
  private final RunId id = RunId.random();

  CfengineCheck(
      CfengineTransport.Settings settings, CfengineConnector connector, CfengineFailures failures) {
    this.settings = settings;
    this.connector = connector;
    this.failures = failures;
    this.way = new ConnectionCheck(settings.hop(), failures.target().toString(), true);
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
    ClientConversation conversation = ClientConversation.welcomeOnly(settings.user(), id);
    Duration answer = settings.deadlines().answer();
    String late = "no welcome in " + CfengineTransport.words(answer);
    // Greeting and welcome together: whoever waits for the answer has a deadline, too.
    return new CfengineRun(settings, conversation, failures, connection)
        .events(Mono.never())
        .last()
        .timeout(answer, Mono.error(() -> new TimeoutException(late)));
  }

  private List<CheckStep> end(RunEvent last) {
    RunFailure failure = CfengineFailures.failureOf(last);
    if (failure.kind() == Kind.STOPPED) {
      way.ok(Step.ACCESS, "lets this relay in");
      way.unknown(Step.AGENT, "is not asked for its agent: a run tells");
    } else {
      way.failed(failure);
    }
    return way.steps();
  }
}
