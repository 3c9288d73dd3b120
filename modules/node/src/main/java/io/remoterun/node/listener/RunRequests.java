package io.remoterun.node.listener;

import io.remoterun.node.access.AccessDecision;
import io.remoterun.node.agent.AgentRuns;
import io.remoterun.node.agent.Attached;
import io.remoterun.node.agent.Wish;
import io.remoterun.protocol.cfengine.ExecRequest;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.util.Optional;

/** A peer's requests for runs: each is decided, and each decision logged once. */
record RunRequests(NodeService service, Peer peer) {

  /** What becomes of a request. */
  sealed interface Outcome {}

  record Run(Attached run) implements Outcome {}

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
      case AccessDecision.Denied(String reason) -> {
        denied(user, request, id, "it is not admitted any more: " + reason + ": closed");
        yield new Out();
      }
      case AccessDecision.Allowed(String by) -> {
        Optional<String> refusal = service.access().get().refusal(user, request.conditions());
        yield refusal.isPresent()
            ? refused(user, request, id, Kind.REFUSED, refusal.get())
            : start(by, user, request, id);
      }
    };
  }

  private Outcome start(String admittedBy, String user, ExecRequest request, Optional<RunId> id) {
    Wish wish = Wish.of(id, request.conditions(), user + " of " + peer);
    return switch (service.runs().start(wish)) {
      case AgentRuns.Refused(Kind kind, String reason) -> refused(user, request, id, kind, reason);
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

  private Outcome refused(
      String user, ExecRequest request, Optional<RunId> id, Kind kind, String reason) {
    denied(user, request, id, reason);
    return new Refused(kind, reason);
  }

  private void denied(String user, ExecRequest request, Optional<RunId> id, String reason) {
    service
        .logger()
        .warn(
            "{} user {} asks for a run with {}: denied, {}{}",
            peer,
            user,
            request.conditions(),
            reason,
            id.map(own -> " (run " + own + ")").orElse(""));
  }
}
