package io.remoterun.protocol.log;

import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Run events as NDJSON, one a line, as our hops tell them to each other:
 *
 * <pre>
 * {"event":"started","node":"n1","command":"rudder agent run -R"}
 * {"event":"output","node":"n1","text":"OK\n"}
 * {"event":"output","node":"n1","base64":"/w=="}
 * {"event":"heartbeat","node":"n1"}
 * {"event":"gap","node":"n1","from":1000,"bytes":4096}
 * {"event":"finished","node":"n1","status":0}
 * {"event":"finished","node":"n1","killed":true,"signal":9}
 * {"event":"failed","node":"n1","kind":"UNREACHABLE","hop":"relay root","reason":"..."}
 * </pre>
 *
 * <p>Output is {@code text} where the bytes are valid UTF-8, which then says them exactly, else
 * {@code base64}. A status or a signal that the node did not report is absent. Where the events are
 * those of a log that can be read again, each line ends in {@code "id":N}, its number there.
 *
 * <p>A newer hop may say more: an event of an unknown name and unknown keys are ignored, and a
 * failure of an unknown kind is one of kind {@code RELAY} that carries the name. Nothing can get
 * lost by that, because whoever reads demands a terminal event for each node. Everything else that
 * is not as above is an error.
 */
public final class RunEventStream {
  public static final String MEDIA_TYPE = "application/x-ndjson";

  /** The longest line, in bytes: more than {@link #encode} makes of any event. */
  static final int MOST_BYTES_OF_LINE = 1 << 20;

  /** A control character becomes six bytes in JSON, and the line has other parts. */
  private static final int MOST_BYTES_OF_OUTPUT = MOST_BYTES_OF_LINE / 8;

  private static final int MOST_CHARACTERS_OF_COMMAND = 4096;

  private static final long NO_SEQUENCE = 0;
  private static final long NO_PLACE = -1;

  private RunEventStream() {}

  /** Loaded when it is needed: a node logs its runs and never tells them as JSON. */
  private static final class Json {
    static final JsonMapper MAPPER = new JsonMapper();
  }

  /** The event's line with its line feed; output of more than 128 KiB becomes several lines. */
  public static byte[] encode(RunEvent event) {
    return encode(new Entry(NO_SEQUENCE, event));
  }

  /**
   * The same with the entry's number; of several lines the last has it, because who has read it has
   * read all of the entry. An entry of number 0, such as a heartbeat, has none.
   */
  public static byte[] encode(Entry entry) {
    List<RunEvent> pieces = pieces(entry.event());
    if (pieces.size() == 1) {
      return line(entry.sequence(), entry.event());
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (RunEvent piece : pieces.subList(0, pieces.size() - 1)) {
      lines.writeBytes(line(NO_SEQUENCE, piece));
    }
    lines.writeBytes(line(entry.sequence(), pieces.getLast()));
    return lines.toByteArray();
  }

  /** The event, or if it is output that is too long for one line, pieces that are not. */
  static List<RunEvent> pieces(RunEvent event) {
    if (!(event instanceof RunEvent.Output(NodeId node, OutputBytes output))
        || output.size() <= MOST_BYTES_OF_OUTPUT) {
      return List.of(event);
    }
    List<RunEvent> pieces = new ArrayList<>();
    byte[] bytes = output.toByteArray();
    for (int from = 0; from < bytes.length; from += MOST_BYTES_OF_OUTPUT) {
      int to = Math.min(bytes.length, from + MOST_BYTES_OF_OUTPUT);
      pieces.add(new RunEvent.Output(node, OutputBytes.copyOf(bytes, from, to)));
    }
    return pieces;
  }

  /** The line of an event in a file: with its place in the node's output, which is one line. */
  static byte[] encode(Slot slot) {
    return line(slot.sequence(), slot.event(), slot.before());
  }

  private static byte[] line(long sequence, RunEvent event) {
    return line(sequence, event, NO_PLACE);
  }

  private static byte[] line(long sequence, RunEvent event, long before) {
    String place = before == NO_PLACE || event instanceof RunEvent.Gap ? "" : ",\"from\":" + before;
    String number = sequence == NO_SEQUENCE ? "" : ",\"id\":" + sequence;
    String rest = place + number + "}\n";
    if (event instanceof RunEvent.Output output) {
      return OutputLine.encode(output, '"' + rest);
    }
    byte[] json = Json.MAPPER.writeValueAsBytes(json(event));
    byte[] end = rest.getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(json, json.length - 1 + end.length);
    System.arraycopy(end, 0, line, json.length - 1, end.length);
    return line;
  }

  private static ObjectNode json(RunEvent event) {
    return switch (event) {
      case RunEvent.Started started ->
          named("started", event).put("command", shortened(started.command()));
      case RunEvent.Output output -> throw new IllegalArgumentException("is not encoded here");
      case RunEvent.Heartbeat heartbeat -> named("heartbeat", event);
      case RunEvent.Gap gap ->
          named("gap", event).put("from", gap.from()).put("bytes", gap.bytes());
      case RunEvent.Finished finished -> put(named("finished", event), finished.status());
      case RunEvent.Failed failed -> put(named("failed", event), failed.failure());
    };
  }

  private static ObjectNode named(String name, RunEvent event) {
    return Json.MAPPER.createObjectNode().put("event", name).put("node", event.node().value());
  }

  private static String shortened(String command) {
    return command.length() <= MOST_CHARACTERS_OF_COMMAND
        ? command
        : command.substring(0, MOST_CHARACTERS_OF_COMMAND) + "...";
  }

  private static ObjectNode put(ObjectNode json, ExitStatus status) {
    return switch (status) {
      case ExitStatus.Code(int value) -> json.put("status", value);
      case ExitStatus.Killed(int signal) when signal == 0 -> json.put("killed", true);
      case ExitStatus.Killed(int signal) -> json.put("killed", true).put("signal", signal);
      case ExitStatus.NotReported() -> json;
    };
  }

  private static ObjectNode put(ObjectNode json, RunFailure failure) {
    return json.put("kind", failure.kind().name())
        .put("hop", Printable.of(failure.hop()))
        .put("reason", Printable.of(failure.reason()));
  }

  /**
   * The entry of one line, of number 0 if the line has none; empty when its event is not known.
   *
   * @throws MalformedEventException when the line is no event
   */
  static Optional<Entry> decode(byte[] line) {
    return decodeSlot(line).map(slot -> new Entry(slot.sequence(), slot.event()));
  }

  /**
   * The same with the event's place in the output of its node, or 0 where the line does not say.
   *
   * @throws MalformedEventException when the line is no event
   */
  static Optional<Slot> decodeSlot(byte[] line) {
    try {
      JsonNode json = Json.MAPPER.readTree(line);
      @Nullable RunEvent event = event(json);
      if (event == null) {
        return Optional.empty();
      }
      return Optional.of(
          new Slot(sequence(json), event, json.has("from") ? number(json, "from") : 0));
    } catch (JacksonException | IllegalArgumentException | BadRequest e) {
      throw new MalformedEventException(
          "no event: " + Printable.of(new String(line, StandardCharsets.UTF_8)));
    }
  }

  private static @Nullable RunEvent event(JsonNode json) {
    return switch (text(json, "event")) {
      case "started" -> new RunEvent.Started(node(json), shortened(text(json, "command")));
      case "output" -> new RunEvent.Output(node(json), output(json));
      case "heartbeat" -> new RunEvent.Heartbeat(node(json));
      case "gap" -> new RunEvent.Gap(node(json), number(json, "from"), number(json, "bytes"));
      case "finished" -> new RunEvent.Finished(node(json), status(json));
      case "failed" -> new RunEvent.Failed(node(json), failure(json));
      default -> null;
    };
  }

  private static long sequence(JsonNode json) {
    if (!json.has("id")) {
      return NO_SEQUENCE;
    }
    long sequence = number(json, "id");
    if (sequence < 1) {
      throw new IllegalArgumentException("the first event has number 1");
    }
    return sequence;
  }

  private static NodeId node(JsonNode json) {
    return new NodeId(text(json, "node"));
  }

  private static OutputBytes output(JsonNode json) {
    return json.has("text")
        ? OutputBytes.ofUtf8(text(json, "text"))
        : OutputBytes.copyOf(Base64.getDecoder().decode(text(json, "base64")));
  }

  private static long number(JsonNode json, String key) {
    return json.required(key).longValue();
  }

  private static ExitStatus status(JsonNode json) {
    JsonNode status = json.path("status");
    if (!status.isMissingNode()) {
      return ExitStatus.code(status.intValue());
    }
    return json.path("killed").booleanValue(false)
        ? new ExitStatus.Killed(json.path("signal").intValue(0))
        : new ExitStatus.NotReported();
  }

  private static RunFailure failure(JsonNode json) {
    String kind = text(json, "kind");
    String hop = Printable.of(text(json, "hop"));
    String reason = Printable.of(text(json, "reason"));
    return Arrays.stream(RunFailure.Kind.values())
        .filter(known -> known.name().equals(kind))
        .findFirst()
        .map(known -> new RunFailure(known, hop, reason))
        .orElseGet(
            () -> new RunFailure(RunFailure.Kind.RELAY, hop, Printable.of(kind) + ": " + reason));
  }

  private static String text(JsonNode json, String key) {
    return json.required(key).stringValue();
  }
}
