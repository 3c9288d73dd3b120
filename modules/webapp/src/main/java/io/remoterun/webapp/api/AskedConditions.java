package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The conditions that a caller asks for: in the query, in a form or in JSON, as {@code conditions}
 * or, which is the older word, {@code classes}. Nothing at all is no conditions.
 */
final class AskedConditions {
  /** Some hundred conditions. */
  static final int MOST_BYTES = 64 * 1024;

  private AskedConditions() {}

  /** What a JSON body may say; the rest of it is ignored. */
  record Body(
      @Nullable List<@Nullable String> conditions, @Nullable List<@Nullable String> classes) {}

  /** Fails with {@link BadRequest} when one is malformed. */
  static Mono<List<Condition>> of(ServerWebExchange exchange) {
    List<Condition> query = ofFields(exchange.getRequest().getQueryParams());
    return ofBody(exchange)
        .defaultIfEmpty(List.of())
        .map(body -> Stream.concat(query.stream(), body.stream()).distinct().toList())
        .map(AskedConditions::bounded);
  }

  private static Mono<List<Condition>> ofBody(ServerWebExchange exchange) {
    MediaType type = exchange.getRequest().getHeaders().getContentType();
    RequestBody.requireUtf8(type);
    if (MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type)) {
      return exchange.getFormData().map(AskedConditions::ofFields);
    }
    return RequestBody.bytes(exchange, MOST_BYTES).map(bytes -> ofJson(bytes, type));
  }

  private static List<Condition> ofJson(byte[] bytes, @Nullable MediaType type) {
    if (type != null && !MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
      throw new ResponseStatusException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "the body should be JSON or a form");
    }
    Body body = parse(bytes);
    List<@Nullable String> texts = body.conditions() != null ? body.conditions() : body.classes();
    return texts == null ? List.of() : texts.stream().map(AskedConditions::condition).toList();
  }

  private static Body parse(byte[] json) {
    try {
      Body body = JsonMapper.shared().readValue(json, Body.class);
      return body == null ? new Body(null, null) : body;
    } catch (JacksonException e) {
      throw new BadRequest("the body should be JSON like {\"classes\":[\"force_inventory\"]}");
    }
  }

  static Condition condition(@Nullable String text) {
    if (text == null) {
      throw new BadRequest("invalid condition: null, should be a text");
    }
    return new Condition(text);
  }

  private static List<Condition> ofFields(MultiValueMap<String, String> fields) {
    String name = fields.containsKey("conditions") ? "conditions" : "classes";
    List<Condition> conditions = new ArrayList<>();
    for (String field : fields.getOrDefault(name, List.of())) {
      if (field != null && !field.isEmpty()) {
        Stream.of(field.split(",", -1)).map(Condition::new).forEach(conditions::add);
      }
    }
    return conditions;
  }

  /**
   * @throws BadRequest when there are too many
   */
  static List<Condition> bounded(List<Condition> conditions) {
    if (conditions.size() > AskedRun.MOST_CONDITIONS) {
      throw new BadRequest("more than " + AskedRun.MOST_CONDITIONS + " conditions");
    }
    return conditions;
  }
}
