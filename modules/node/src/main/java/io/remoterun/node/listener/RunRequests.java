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

/** A peer's requests for runs and checks: each is decided, and each decision logged once. */
record RunRequests(NodeService service, Peer peer) {

  /** What becomes of a request. */
  sealed interface Outcome {}

  record Run(Attached run) implements Outcome {}

  /** To a check, that the peer may have. */
  record Told(Readiness readiness) implements Outcome {}

  record Refused(Kind kind, String reason) implements Outcome {}

  /** The peer may not even be here any more. */
  record Out() implements Outcome {}

  /** Whether the peer may be here and act for the user, now. Reads files: not for event loops. */
  AccessDecision admission(String user) {
    return service.access().get().admit(peer.address(), user, peer.key());
  }

  /**
   * Never blocks.
   *
   * @param id the peer's name for the run, if it has one
   */
  Outcome decide(AccessDecision admission, String user, ExecRequest request, Optional<RunId> id) {
    return switch (admission) {
      case AccessDecision.Denied(String reason) -> out(new Asked("run", user, request, id), reason);
      case AccessDecision.Allowed(String by) -> {
        Optional<String> refusal = service.access().get().refusal(user, request.conditions());
        yield refusal.isPresent()
            ? refused(new Asked("run", user, request, id), Kind.REFUSED, refusal.get())
            : start(by, user, request, id);
      }
    };
  }

  /**
   * Whether the same would be run, which is not: who would be refused learns nothing else. Blocks.
   */
  Outcome check(String user, ExecRequest request) {
    Asked asked = new Asked("check", user, request, Optional.empty());
    return switch (admission(user)) {
      case AccessDecision.Denied(String reason) -> out(asked, reason);
      case AccessDecision.Allowed(String by) ->
          service
              .access()
              .get()
              .refusal(user, request.conditions())
              .map(reason -> refused(asked, Kind.REFUSED, reason))
              .orElseGet(() -> tell(by, user, request));
    };
  }

  private Outcome tell(String admittedBy, String user, ExecRequest request) {
    Wish wish = Wish.of(Optional.empty(), request.conditions(), user + " of " + peer);
    Readiness readiness = service.runs().readiness(wish);
    service
        .logger()
        .info(
            "{} user {} asks for a check with {}: allowed, {}: {} (admit-keys has {})",
            peer,
            user,
            request.conditions(),
            readiness.state(),
            readiness.words(),
            admittedBy);
    return new Told(readiness);
  }

  private Outcome start(String admittedBy, String user, ExecRequest request, Optional<RunId> id) {
    Wish wish = Wish.of(id, request.conditions(), user + " of " + peer);
    return switch (service.runs().start(wish)) {
      case AgentRuns.Refused(Kind kind, String reason) ->
          refused(new Asked("run", user, request, id), kind, reason);
      case Attached run -> {
        service
            .logger()
            .info(
                "{} user {} asks for a run with {}: allowed, run {}{} (admit-keys has {})",
                peer,
                user,
                request.conditions(),
                run.id(),
                id.filter(own -> !own.equals(run.id())).map(own -> ", joined as " + own).orElse(""),
                admittedBy);
        yield new Run(run);
      }
    };
  }

  /** Who asks for what. */
  private record Asked(String what, String user, ExecRequest request, Optional<RunId> id) {}

  private Outcome out(Asked asked, String reason) {
    denied(asked, "it is not admitted any more: " + reason + ": closed");
    return new Out();
  }

  private Outcome refused(Asked asked, Kind kind, String reason) {
    denied(asked, reason);
    return new Refused(kind, reason);
  }

  private void denied(Asked asked, String reason) {
    service
        .logger()
        .warn(
            "{} user {} asks for a {} with {}: denied, {}{}",
            peer,
            asked.user(),
            asked.what(),
            asked.request().conditions(),
            reason,
            asked.id().map(own -> " (run " + own + ")").orElse(""));
  }
}
