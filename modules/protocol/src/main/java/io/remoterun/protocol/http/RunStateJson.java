package io.remoterun.protocol.http;

import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.Tally;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a run stands, as JSON:
 *
 * <pre>
 * {"run":"0b4e...","state":"running","began":"2026-01-01T00:00:00Z",
 *  "counts":{"targets":3,"waiting":0,"running":1,"succeeded":1,"agent_errors":0,"failed":1,...},
 *  "nodes":{
 *   "n1":{"state":"succeeded","status":0},
 *   "n2":{"state":"failed","kind":"UNREACHABLE","hop":"relay root","reason":"...","advice":"..."},
 *   "n3":{"state":"running"}}}
 * </pre>
 *
 * <p>{@code state} is {@code running}, {@code cancelling} or {@code ended}, and then there is
 * {@code ended}. The counts sum to {@code targets}. A status that the node did not report is
 * absent.
 */
public final class RunStateJson {
  private static final JsonMapper JSON = new JsonMapper();

  private RunStateJson() {}

  /**
   * The whole state, in one line.
   *
   * @param ended when its last node had ended, if it has
   */
  public static byte[] encode(
      RunId run, boolean cancelled, Instant began, Optional<Instant> ended, Tally tally) {
    ObjectNode json = JSON.createObjectNode().put("run", run.toString());
    json.put("state", ended.isPresent() ? "ended" : cancelled ? "cancelling" : "running");
    json.put("began", began.toString());
    ended.ifPresent(time -> json.put("ended", time.toString()));
    json.set("counts", counts(tally.counts()));
    ObjectNode nodes = json.putObject("nodes");
    for (Map.Entry<NodeId, Tally.Standing> node : tally.nodes().entrySet()) {
      nodes.set(node.getKey().value(), standing(node.getValue()));
    }
    return line(json);
  }

  /**
   * The last line of a stream of events, after all terminal events: {@code
   * {"event":"summary","targets":3,...}}. Who reads events may pass over it.
   */
  public static byte[] summary(Counts counts) {
    ObjectNode json = JSON.createObjectNode().put("event", "summary");
    json.setAll(counts(counts));
    return line(json);
  }

  private static ObjectNode counts(Counts counts) {
    return JSON.createObjectNode()
        .put("targets", counts.targets())
        .put("waiting", counts.waiting())
        .put("running", counts.running())
        .put("succeeded", counts.succeeded())
        .put("agent_errors", counts.agentErrors())
        .put("failed", counts.failed())
        .put("stopped", counts.stopped())
        .put("unconfirmed", counts.unconfirmed());
  }

  private static ObjectNode standing(Tally.Standing standing) {
    ObjectNode json =
        JSON.createObjectNode().put("state", standing.state().name().toLowerCase(Locale.ROOT));
    return switch (standing.last()) {
      case RunEvent.Finished(_, ExitStatus.Code(int value)) -> json.put("status", value);
      case RunEvent.Finished(_, ExitStatus.Killed(int signal)) when signal != 0 ->
          json.put("signal", signal);
      case RunEvent.Failed(_, RunFailure failure) ->
          json.put("kind", failure.kind().name())
              .put("hop", Printable.of(failure.hop()))
              .put("reason", Printable.of(failure.reason()))
              .put("advice", failure.kind().advice());
      default -> json;
    };
  }

  private static byte[] line(ObjectNode json) {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
