package io.remoterun.node.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.toml.TomlFactory;

/**
 * TOML as maps, for what agentd.conf may hold. Read with Jackson's parser and without its mapper:
 * nothing of that one's 470 classes is needed here, and they would stay in the node's memory.
 */
final class TomlTables {
  private TomlTables() {}

  /**
   * A table is a map, a text a {@link String}, a whole number a {@link Number}; all else is an
   * object that is none of these.
   *
   * @throws tools.jackson.core.JacksonException when it is no TOML
   * @throws StackOverflowError when it is nested too deeply
   */
  static Map<String, Object> parse(String toml) {
    try (JsonParser parser = new TomlFactory().createParser(ObjectReadContext.empty(), toml)) {
      parser.nextToken();
      return table(parser);
    }
  }

  private static Map<String, Object> table(JsonParser parser) {
    Map<String, Object> table = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      table.put(key, value(parser));
    }
    return table;
  }

  private static Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> table(parser);
      case START_ARRAY -> {
        parser.skipChildren();
        yield List.of();
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      default -> token;
    };
  }
}
