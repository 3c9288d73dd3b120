package io.remoterun.webapp.api;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.accounts.Right;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.AuditEntry.Action;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.nodes.Fleet;
import io.remoterun.webapp.nodes.Node;
import io.remoterun.webapp.nodes.Query;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.Targets;
import io.remoterun.webapp.runs.WebRuns;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The one way to a run: which nodes it is for, whether the caller may, the audit log, and only then
 * the run.
 */
public final class Triggers {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private final WebRuns runs;
  private final Audit audit;
  private final Floods floods;
  private final RateLimit perAccount;
  private final Followers followers;

  /**
   * @param perAccount how many runs one may start
   * @param followers says when nothing new is to begin
   */
  public Triggers(
      WebRuns runs, Audit audit, Floods floods, RateLimit perAccount, Followers followers) {
    this.runs = runs;
    this.audit = audit;
    this.floods = floods;
    this.perAccount = perAccount;
    this.followers = followers;
  }

  /**
   * Begins it, or finds the run of the same key; fails, and nothing has begun, when the caller may
   * not, when it is for no node, or when it cannot be written down.
   */
  Mono<RunView> start(Order order, Sight sight) {
    Action action = order.retryOf().isPresent() ? Action.RETRY : Action.TRIGGER;
    return Mono.defer(() -> start(order, nodes(order, sight), sight, action))
        .onErrorResume(NotDone.class, no -> refused(no, order, sight, action))
        .onErrorResume(UnknownNode.class, no -> refused(no, order, sight, action))
        .onErrorResume(NoNodes.class, no -> refused(no, order, sight, action))
        .onErrorResume(TooMany.class, no -> tooMany(no, sight, action));
  }

  private Mono<RunView> start(Order order, List<NodeId> nodes, Sight sight, Action action) {
    if (followers.isLeaving()) {
      throw NotDone.notNow("the webapp is being stopped, ask again when it is there");
    }
    Optional<Duration> wait = perAccount.take(sight.caller().name());
    if (wait.isPresent()) {
      throw new TooMany("you have started too many runs, wait a little", wait.get());
    }
    return Mono.justOrEmpty(order.key())
        .flatMap(key -> runs.begunBefore(sight.caller(), key))
        .doOnNext(begun -> requireSame(order, begun))
        .delayUntil(begun -> audit.write(repeat(begun, sight, action)))
        .switchIfEmpty(Mono.defer(() -> begin(order, nodes, sight, action)));
  }

  private Mono<RunView> begin(Order order, List<NodeId> nodes, Sight sight, Action action) {
    RunRecord run = order.record(sight.caller());
    AuditEntry entry =
        AuditEntry.allowed(sight.caller(), action, order.details(nodes)).of(run.id());
    log.info(
        "run {} of {} asked for by {} from {}",
        run.id(),
        Printable.of(order.toString()),
        run.by().name(),
        run.by().from());
    Mono<RunView> start =
        Mono.defer(() -> runs.start(run, nodes, hopeless(nodes, sight), order.key(), sight.asked()))
            .delayUntil(
                begun ->
                    isOf(begun, run) ? Mono.empty() : audit.write(lost(run, begun, sight, action)));
    return audit.writeAndDo(entry, start).doOnNext(begun -> requireSame(order, begun));
  }

  /** Those whose agents cannot be triggered, in the words of Rudder. */
  private static Map<NodeId, RunFailure> hopeless(List<NodeId> nodes, Sight sight) {
    Map<NodeId, RunFailure> hopeless = new LinkedHashMap<>();
    nodes.forEach(
        id ->
            sight
                .fleet()
                .find(id)
                .flatMap(Node::agentWithoutTrigger)
                .ifPresent(agent -> hopeless.put(id, unsupported(id, agent))));
    return hopeless;
  }

  private static RunFailure unsupported(NodeId id, String agent) {
    return new RunFailure(
        RunFailure.Kind.UNSUPPORTED,
        "webapp",
        "Node with id '"
            + id
            + "' has an agent type ("
            + agent
            + ") which doesn't support remote run");
  }

  private static boolean isOf(RunView begun, RunRecord run) {
    return begun.record().id().equals(run.id());
  }

  /** Nothing begins, and the log says of which run the caller is told once more. */
  private static AuditEntry repeat(RunView begun, Sight sight, Action action) {
    return AuditEntry.allowed(
            sight.caller(), action, "nothing begins: its Idempotency-Key is that of this run")
        .of(begun.record().id());
  }

  /** Of two with the same key at once one was written down, but has not begun. */
  private static AuditEntry lost(RunRecord run, RunView begun, Sight sight, Action action) {
    return AuditEntry.refused(
            sight.caller(),
            action,
            "it has not begun: run " + begun.record().id() + " had the same Idempotency-Key first")
        .of(run.id());
  }

  private static void requireSame(Order order, RunView begun) {
    if (!order.isFor(begun.record())) {
      throw NotDone.conflict(
          "the same Idempotency-Key was given with another request, run "
              + begun.record().id()
              + ": take a new key for a new request");
    }
  }

  private <T> Mono<T> refused(RuntimeException no, Order order, Sight sight, Action action) {
    return audit
        .write(AuditEntry.refused(sight.caller(), action, no.getMessage() + ": " + order))
        .then(Mono.error(no));
  }

  private <T> Mono<T> tooMany(TooMany no, Sight sight, Action action) {
    AuditEntry entry = AuditEntry.refused(sight.caller(), action, String.valueOf(no.getMessage()));
    return floods.write(action + " " + sight.caller().name(), entry).then(Mono.error(no));
  }

  private static List<NodeId> nodes(Order order, Sight sight) {
    Fleet fleet = sight.fleet();
    return switch (order.targets()) {
      case Targets.Nodes(List<NodeId> ids) -> named(ids, order, sight);
      case Targets.All() -> permitted(fleet.nodes().stream().map(Node::id).toList(), order, sight);
      case Targets.Group(String name) -> {
        // One of which nothing is seen is not there: it cannot be found out by asking.
        if (fleet.group(name).filter(sight::sees).isEmpty()) {
          throw noGroup(name);
        }
        yield permitted(fleet.members(name), order, sight);
      }
      case Targets.Query(String text) -> permitted(fleet.matching(Query.parse(text)), order, sight);
    };
  }

  static NotDone noGroup(String name) {
    return NotDone.notFound("Group '" + Printable.of(name) + "' was not found");
  }

  /** Who names a node wants that one, or to be told why not. */
  private static List<NodeId> named(List<NodeId> ids, Order order, Sight sight) {
    ids.stream()
        .filter(id -> !sight.sees(id))
        .findFirst()
        .ifPresent(
            id -> {
              throw new UnknownNode(id.value());
            });
    ids.stream()
        .filter(id -> !may(order, sight, id))
        .findFirst()
        .ifPresent(
            id -> {
              throw NotDone.forbidden(
                  "you have no right to trigger node "
                      + id
                      + (order.conditions().isEmpty() ? "" : " with conditions"));
            });
    return ids;
  }

  private static List<NodeId> permitted(Collection<NodeId> ids, Order order, Sight sight) {
    List<NodeId> permitted = ids.stream().filter(id -> may(order, sight, id)).toList();
    if (permitted.isEmpty()) {
      throw new NoNodes();
    }
    return permitted;
  }

  private static boolean may(Order order, Sight sight, NodeId node) {
    return sight.may(Right.RUN_TRIGGER, node)
        && (order.conditions().isEmpty() || sight.may(Right.RUN_TRIGGER_CONDITIONS, node));
  }
}
