package io.remoterun.webapp.store;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.StopAfter;
import io.remoterun.webapp.runs.Targets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run was asked for, as it is kept in one column:
 *
 * <pre>
 * {"targets":{"nodes":["n1"]},"conditions":["c"],"deadline":"PT2H","concurrency":50,
 *  "stopAfter":"5%","keepOutput":true,"retryOf":"..."}
 * </pre>
 */
final class RecordJson {
  private static final JsonMapper JSON = JsonMapper.shared();

  private RecordJson() {}

  static String of(RunRecord run) {
    ObjectNode json = JSON.createObjectNode();
    write(run.targets(), json.putObject("targets"));
    ArrayNode conditions = json.putArray("conditions");
    run.conditions().forEach(condition -> conditions.add(condition.value()));
    json.put("deadline", run.how().deadline().toString());
    run.how().concurrency().ifPresent(most -> json.put("concurrency", most));
    json.put("stopAfter", run.how().stopAfter().toString());
    json.put("keepOutput", run.how().keepOutput());
    run.retryOf().ifPresent(id -> json.put("retryOf", id.toString()));
    return json.toString();
  }

  private static void write(Targets targets, ObjectNode json) {
    switch (targets) {
      case Targets.Nodes(List<NodeId> ids) -> {
        ArrayNode nodes = json.putArray("nodes");
        ids.forEach(id -> nodes.add(id.value()));
      }
      case Targets.All() -> json.put("all", true);
      case Targets.Group(String name) -> json.put("group", name);
      case Targets.Query(String text) -> json.put("query", text);
    }
  }

  static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  static Targets targets(JsonNode json) {
    JsonNode targets = json.required("targets");
    if (targets.has("nodes")) {
      return new Targets.Nodes(
          targets.get("nodes").valueStream().map(id -> new NodeId(id.stringValue())).toList());
    }
    if (targets.has("group")) {
      return new Targets.Group(targets.get("group").stringValue());
    }
    return targets.has("query")
        ? new Targets.Query(targets.get("query").stringValue())
        : new Targets.All();
  }

  static List<Condition> conditions(JsonNode json) {
    return json.required("conditions")
        .valueStream()
        .map(name -> new Condition(name.stringValue()))
        .toList();
  }

  static RunRecord.How how(JsonNode json) {
    JsonNode concurrency = json.path("concurrency");
    return new RunRecord.How(
        Duration.parse(json.required("deadline").stringValue()),
        concurrency.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(concurrency.intValue()),
        StopAfter.parse(json.required("stopAfter").stringValue()),
        json.required("keepOutput").booleanValue());
  }

  static Optional<RunId> retryOf(JsonNode json) {
    return json.path("retryOf").stringValueOpt().map(RunId::parse);
  }
}
