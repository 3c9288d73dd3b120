package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.BadRequest;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Grants as the API and the database have them: {@code {"run:read":"all","run:trigger":["web"]}}.
 */
public final class GrantsJson {
  private static final String ALL = "all";

  private GrantsJson() {}

  /** For Jackson to write. */
  public static Map<String, Object> of(Grants grants) {
    Map<String, Object> rights = new LinkedHashMap<>();
    grants
        .scopes()
        .forEach(
            (right, scope) ->
                rights.put(
                    right.key(),
                    switch (scope) {
                      case Scope.All all -> ALL;
                      case Scope.Groups groups -> List.copyOf(groups.names());
                    }));
    return rights;
  }

  /**
   * @throws BadRequest when it is something else
   */
  public static Grants parse(JsonNode json) {
    if (!json.isObject()) {
      throw malformed();
    }
    Map<Right, Scope> scopes = new EnumMap<>(Right.class);
    json.properties()
        .forEach(entry -> scopes.put(Right.of(entry.getKey()), scope(entry.getValue())));
    return new Grants(scopes);
  }

  private static Scope scope(JsonNode json) {
    if (json.isString() && json.stringValue().equals(ALL)) {
      return new Scope.All();
    }
    if (!json.isArray() || !json.valueStream().allMatch(JsonNode::isString)) {
      throw malformed();
    }
    return new Scope.Groups(new TreeSet<>(json.valueStream().map(JsonNode::stringValue).toList()));
  }

  private static BadRequest malformed() {
    return new BadRequest(
        "rights should be like {\"run:read\":\"all\",\"run:trigger\":[\"a group\"]}");
  }

  static String text(Grants grants) {
    return JsonMapper.shared().writeValueAsString(of(grants));
  }

  static Grants parse(String text) {
    try {
      return parse(JsonMapper.shared().readTree(text));
    } catch (JacksonException e) {
      throw new IllegalStateException("the rights of an account in the database are broken", e);
    }
  }
}
