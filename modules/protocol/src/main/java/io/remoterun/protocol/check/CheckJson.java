package io.remoterun.protocol.check;

import io.remoterun.protocol.check.CheckStep.State;
import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.run.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps of a check, as JSON:
 *
 * <pre>
 * {"steps":[
 *  {"hop":"relay root","step":"connect","state":"ok","words":"...","ms":1},
 *  {"hop":"relay root","step":"tls","state":"failed","words":"...","advice":"...","ms":12}]}
 * </pre>
 */
public final class CheckJson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_STEPS = 500;
  private static final int MOST_CHARACTERS = 1000;

  private CheckJson() {}

  /** In one line. */
  public static byte[] encode(List<CheckStep> steps) {
    ObjectNode json = JSON.createObjectNode();
    json.set("steps", array(steps));
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The steps alone. */
  public static ArrayNode array(List<CheckStep> steps) {
    ArrayNode array = JSON.createArrayNode();
    steps.forEach(step -> array.add(encode(step)));
    return array;
  }

  private static ObjectNode encode(CheckStep step) {
    ObjectNode json =
        JSON.createObjectNode()
            .put("hop", step.hop())
            .put("step", step.step().name().toLowerCase(Locale.ROOT))
            .put("state", step.state().name().toLowerCase(Locale.ROOT))
            .put("words", step.words());
    if (!step.advice().isEmpty()) {
      json.put("advice", step.advice());
    }
    return json.put("ms", step.millis());
  }

  /**
   * Texts are made safe to be shown.
   *
   * @throws IllegalArgumentException when these are no steps, or too many
   */
  public static List<CheckStep> decode(byte[] json) {
    JsonNode array;
    try {
      array = JSON.readTree(json).path("steps");
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON", e);
    }
    if (!array.isArray() || array.size() > MOST_STEPS) {
      throw new IllegalArgumentException("no steps, or more than " + MOST_STEPS);
    }
    List<CheckStep> steps = new ArrayList<>();
    array.forEach(step -> steps.add(decode(step)));
    return List.copyOf(steps);
  }

  private static CheckStep decode(JsonNode step) {
    return new CheckStep(
        text(step, "hop"),
        Step.valueOf(text(step, "step").toUpperCase(Locale.ROOT)),
        State.valueOf(text(step, "state").toUpperCase(Locale.ROOT)),
        text(step, "words"),
        text(step, "advice"),
        Math.max(0, step.path("ms").asLong(0)));
  }

  private static String text(JsonNode step, String field) {
    return Printable.of(step.path(field).asString(""), MOST_CHARACTERS);
  }
}
