package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.web.server.ServerWebExchange;

/** Headers that are there once or not at all: of two, hops in front may go by the other one. */
final class OneHeader {
  private static final String KEY = "Idempotency-Key";
  private static final Pattern KEY_VALID = Pattern.compile("[\\x21-\\x7e]{1,200}");
  private static final String LAST_ID = "Last-Event-ID";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private OneHeader() {}

  /**
   * @throws BadRequest when it is there twice
   */
  static Optional<String> find(ServerWebExchange exchange, String name) {
    List<String> values = exchange.getRequest().getHeaders().getOrEmpty(name);
    if (values.size() > 1) {
      throw new BadRequest("the header " + name + " is given twice");
    }
    return values.stream().findFirst();
  }

  /** The caller's own name for its request. */
  static Optional<String> idempotencyKey(ServerWebExchange exchange) {
    Optional<String> key = find(exchange, KEY);
    if (key.isPresent() && !KEY_VALID.matcher(key.get()).matches()) {
      throw new BadRequest(
          "invalid " + KEY + ", should be 1 to 200 printable ASCII characters without spaces");
    }
    return key;
  }

  /** The number of the last event that the caller has; 0 when it has none. */
  static long lastEventId(ServerWebExchange exchange) {
    String id = find(exchange, LAST_ID).filter(text -> !text.isEmpty()).orElse("0");
    if (!NUMBER.matcher(id).matches()) {
      throw new BadRequest(
          "invalid " + LAST_ID + ": " + Printable.of(id) + ", should be the id of an event");
    }
    return Long.parseLong(id);
  }
}
