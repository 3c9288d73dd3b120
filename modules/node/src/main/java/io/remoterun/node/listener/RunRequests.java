package io.remoterun.node.listener;

import io.remoterun.node.access.AccessDecision;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.cfengine.ExecRequest;
import io.remoterun.protocol.cfengine.Readiness;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A peer's requests for runs and checks: each is decided, and each decision logged. One that was
 * allowed may be refused after all when the agent is to be started: that is logged as well.
 *
 * @param loop where it is decided, and told what is: so nothing comes in between
 */
record RunRequests(NodeService service, PeerLog log, Scheduler loop) {

  /** What becomes of a request. */
  sealed interface Outcome {}

  /**
   * @param refused to be told why no agent was started after all, where that was not allowed
   */
  record Run(Attached run, Consumer<String> refused) implements Outcome {}

  /** To a check, that the peer may have. */
  record Told(Readiness readiness) implements Outcome {}

  record Refused(Kind kind, String reason) implements Outcome {}

  /** The peer may not even be here any more. */
  record Out() implements Outcome {}

  /** Whether the peer may be here and act for the user, now. Reads files: not for event loops. */
  AccessDecision admission(String user) {
    return service.access().get().admit(log.peer().address(), user, log.peer().key());
  }

  /**
   * Decides, when it is subscribed to, and starts the run. Who leaves before gets none.
   *
   * @param id the peer's name for the run, if it has one
   */
  Mono<Outcome> run(String user, ExecRequest request, Optional<RunId> id) {
    Asked asked = new Asked("run", user, request, id);
    return Mono.fromCallable(() -> admission(user))
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(loop)
        .map(admission -> decide(admission, asked))
        // Not doOnCancel: that is called for what was decided long ago, too.
        .doFinally(
            end -> {
              if (end == SignalType.CANCEL) {
                denied(asked, "it left before that was decided");
              }
            });
  }

  private Outcome decide(AccessDecision admission, Asked asked) {
    return switch (admission) {
      case AccessDecision.Denied(String reason) -> out(asked, reason);
      case AccessDecision.Allowed(String by) -> {
        Optional<String> refusal = refusal(asked);
        yield refusal.isPresent() ? refused(asked, Kind.REFUSED, refusal.get()) : start(by, asked);
      }
    };
  }

  /** Whether the same would be run, which is not: who would be refused learns nothing else. */
  Mono<Outcome> check(String user, ExecRequest request) {
    Asked asked = new Asked("check", user, request, Optional.empty());
    return Mono.fromCallable(() -> checked(asked))
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(loop);
  }

  private Outcome checked(Asked asked) {
    return switch (admission(asked.user())) {
      case AccessDecision.Denied(String reason) -> out(asked, reason);
      case AccessDecision.Allowed(String by) ->
          refusal(asked)
              .map(reason -> refused(asked, Kind.REFUSED, reason))
              .orElseGet(() -> tell(by, asked));
    };
  }

  private Optional<String> refusal(Asked asked) {
    return service.access().get().refusal(asked.user(), asked.request().conditions());
  }

  private Outcome tell(String admittedBy, Asked asked) {
    Readiness readiness = service.runs().readiness(wish(asked));
    log.allowed(
        "%s: allowed, %s: %s (admit-keys has %s)"
            .formatted(asked, readiness.state(), readiness.words(), admittedBy));
    return new Told(readiness);
  }

  private Outcome start(String admittedBy, Asked asked) {
    return switch (service.runs().start(wish(asked))) {
      case AgentRuns.Refused(Kind kind, String reason) -> refused(asked, kind, reason);
      case Attached run -> {
        String joined =
            asked
                .id()
                .filter(own -> !own.equals(run.id()))
                .map(own -> ", joined as " + own)
                .orElse("");
        log.allowed(
            "%s: allowed, run %s%s (admit-keys has %s)"
                .formatted(asked, run.id(), joined, admittedBy));
        yield new Run(run, reason -> denied(asked, reason));
      }
    };
  }

  private Wish wish(Asked asked) {
    String whose = asked.user() + " of " + log.peer();
    return Wish.of(asked.id(), asked.request().conditions(), whose);
  }

  /** Who asks for what. */
  private record Asked(String what, String user, ExecRequest request, Optional<RunId> id) {
    @Override
    public String toString() {
      return "user " + user + " asks for a " + what + " with " + request.conditions();
    }
  }

  private Outcome out(Asked asked, String reason) {
    denied(asked, "it is not admitted any more: " + reason + ": closed");
    return new Out();
  }

  private Outcome refused(Asked asked, Kind kind, String reason) {
    denied(asked, reason);
    return new Refused(kind, reason);
  }

  private void denied(Asked asked, String reason) {
    String id = asked.id().map(own -> " (run " + own + ")").orElse("");
    log.denied(asked + ": denied, " + reason + id);
  }
}
