package io.remoterun.cli.doctor;

import io.remoterun.protocol.run.Printable;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was seen at one step of a way.
 *
 * @param hop who looked
 * @param step in one word, or two
 * @param words what was seen, in one line
 * @param advice what to do about it; empty where nothing is wrong
 * @param millis how long it took
 */
record Look(String hop, String step, State state, String words, String advice, long millis) {
  private static final int MOST_CHARACTERS = 1000;

  /** Who looks before anybody else does. */
  static final String HERE = "this machine";

  /** Who tells what it is connected to. */
  static final String WEBAPP = "the webapp";

  /** How it went. */
  enum State {
    OK,
    FAILED,
    /** It cannot be told. */
    UNKNOWN
  }

  static Look ok(String step, String words) {
    return new Look(HERE, step, State.OK, words, "", 0);
  }

  static Look failed(String step, String words, String advice) {
    return new Look(HERE, step, State.FAILED, words, advice, 0);
  }

  static Look unknown(String step, String words) {
    return new Look(HERE, step, State.UNKNOWN, words, "", 0);
  }

  Look seenBy(String other) {
    return new Look(other, step, state, words, advice, millis);
  }

  Look after(long nanos) {
    return new Look(hop, step, state, words, advice, nanos / 1_000_000);
  }

  boolean hasFailed() {
    return state == State.FAILED;
  }

  /** As the webapp tells it; a state that this program does not know is not known. */
  static Look of(JsonNode step) {
    String state = step.path("state").asString("");
    return new Look(
        text(step, "hop"),
        text(step, "step"),
        switch (state) {
          case "ok" -> State.OK;
          case "failed" -> State.FAILED;
          default -> State.UNKNOWN;
        },
        text(step, "words"),
        text(step, "advice"),
        Math.max(0, step.path("ms").asLong(0)));
  }

  private static String text(JsonNode step, String field) {
    return Printable.of(step.path(field).asString(""), MOST_CHARACTERS);
  }

  /** In the same form. */
  void addTo(ObjectNode json) {
    json.put("hop", hop)
        .put("step", step)
        .put("state", state.name().toLowerCase(Locale.ROOT))
        .put("words", words);
    if (!advice.isEmpty()) {
      json.put("advice", advice);
    }
    json.put("ms", millis);
  }
}
