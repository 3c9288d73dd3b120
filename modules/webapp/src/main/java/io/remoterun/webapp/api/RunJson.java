package io.remoterun.webapp.api;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.LastRun;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunArchive;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs as JSON, as {@code docs/api.md} describes it: what a caller sees of them. */
final class RunJson {
  private RunJson() {}

  /**
   * A run with the nodes that are wanted, of those that are seen. The counts are of all that are
   * seen.
   */
  static ObjectNode run(RunView run, Sight sight, Predicate<Tally.State> wanted) {
    Map<NodeId, NodeResult> results = run.results();
    Counts counts = sight.readsEverything() ? run.counts() : counts(results, sight);
    ObjectNode json = run(run.record(), run.state(), run.ended(), run.cancelledBy(), counts, sight);
    ArrayNode nodes = json.putArray("nodes");
    results.forEach(
        (id, result) -> {
          if (sight.reads(id) && wanted.test(result.state())) {
            nodes.add(node(id, result, sight));
          }
        });
    return json;
  }

  /** One line of a list. */
  static ObjectNode summary(RunArchive.Summary run, Sight sight) {
    return run(run.record(), run.state(), run.ended(), Optional.empty(), run.counts(), sight);
  }

  /** The same of a run of which not everything is seen. */
  static ObjectNode summary(RunView run, Sight sight) {
    return run(
        run.record(),
        run.state(),
        run.ended(),
        run.cancelledBy(),
        counts(run.results(), sight),
        sight);
  }

  private static ObjectNode run(
      RunRecord run,
      RunArchive.State state,
      Optional<Instant> ended,
      Optional<Caller> cancelledBy,
      Counts counts,
      Sight sight) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", run.id().toString());
    json.put("state", state.name().toLowerCase(Locale.ROOT));
    json.set("targets", targets(run.targets(), sight));
    texts(json.putArray("conditions"), run.conditions().stream().map(Condition::value).toList());
    json.put("deadline", run.how().deadline().toString());
    run.how().concurrency().ifPresent(most -> json.put("concurrency", most));
    if (!(run.how().stopAfter() instanceof StopAfter.Never)) {
      json.put("stopAfter", run.how().stopAfter().toString());
    }
    json.set("askedBy", caller(run.by()));
    json.put("began", run.began().toString());
    ended.ifPresent(time -> json.put("ended", time.toString()));
    cancelledBy.ifPresent(by -> json.set("cancelledBy", caller(by)));
    run.retryOf().ifPresent(id -> json.put("retryOf", id.toString()));
    json.set("counts", counts(counts));
    return json;
  }

  private static ObjectNode targets(Targets targets, Sight sight) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    switch (targets) {
      case Targets.Nodes(List<NodeId> ids) ->
          texts(
              json.putArray("nodes"),
              ids.stream().filter(sight::reads).map(NodeId::value).toList());
      case Targets.All() -> json.put("all", true);
      case Targets.Group(String name) -> json.put("group", name);
      case Targets.Query(String text) -> json.put("query", text);
    }
    return json;
  }

  private static void texts(ArrayNode array, Collection<String> texts) {
    texts.forEach(array::add);
  }

  private static ObjectNode caller(Caller caller) {
    return Json.MAPPER.createObjectNode().put("name", caller.name()).put("from", caller.from());
  }

  static ObjectNode counts(Counts counts) {
    return Json.MAPPER
        .createObjectNode()
        .put("targets", counts.targets())
        .put("waiting", counts.waiting())
        .put("running", counts.running())
        .put("succeeded", counts.succeeded())
        .put("agentErrors", counts.agentErrors())
        .put("failed", counts.failed())
        .put("stopped", counts.stopped())
        .put("unconfirmed", counts.unconfirmed());
  }

  /** Of the nodes that are seen. */
  static Counts counts(Map<NodeId, NodeResult> results, Sight sight) {
    EnumMap<Tally.State, Integer> seen = new EnumMap<>(Tally.State.class);
    results.forEach(
        (id, result) -> seen.merge(result.state(), sight.reads(id) ? 1 : 0, Integer::sum));
    ToIntFunction<Tally.State> count = state -> seen.getOrDefault(state, 0);
    return new Counts(
        count.applyAsInt(Tally.State.WAITING),
        count.applyAsInt(Tally.State.RUNNING),
        count.applyAsInt(Tally.State.SUCCEEDED),
        count.applyAsInt(Tally.State.AGENT_ERROR),
        count.applyAsInt(Tally.State.FAILED),
        count.applyAsInt(Tally.State.STOPPED),
        count.applyAsInt(Tally.State.UNCONFIRMED));
  }

  private static ObjectNode node(NodeId id, NodeResult result, Sight sight) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", id.value());
    sight.hostname(id).ifPresent(name -> json.put("hostname", name));
    return stand(json, result);
  }

  /** The newest run of a node. */
  static ObjectNode lastRun(LastRun last) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", last.run().toString());
    return stand(json.put("asked", last.asked().toString()), last.result());
  }

  private static ObjectNode stand(ObjectNode json, NodeResult result) {
    json.put("state", name(result.state()));
    result.began().ifPresent(time -> json.put("began", time.toString()));
    result.duration().ifPresent(time -> json.put("durationMs", time.toMillis()));
    switch (result.last()) {
      case RunEvent.Finished(_, ExitStatus.Code(int value)) -> json.put("exitCode", value);
      // cf-serverd does not tell which one it was.
      case RunEvent.Finished(_, ExitStatus.Killed(int signal)) when signal == 0 ->
          json.put("signal", "unknown");
      case RunEvent.Finished(_, ExitStatus.Killed(int signal)) ->
          json.put("signal", String.valueOf(signal));
      case RunEvent.Failed(_, RunFailure failure) -> json.set("failure", failure(failure));
      default -> {}
    }
    return json;
  }

  static String name(Tally.State state) {
    return state == Tally.State.AGENT_ERROR ? "agentError" : state.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode failure(RunFailure failure) {
    return Json.MAPPER
        .createObjectNode()
        .put("kind", failure.kind().name())
        .put("hop", failure.hop())
        .put("reason", failure.reason())
        .put("advice", failure.kind().advice());
  }
}
