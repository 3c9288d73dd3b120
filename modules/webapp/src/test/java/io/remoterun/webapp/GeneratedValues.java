package io.remoterun.webapp;

import com.github.curiousoddman.rgxgen.RgxGen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that a schema allows, and others that somebody might send all the same. */
final class GeneratedValues {
  private static final JsonNodeFactory NODES = JsonMapper.shared().getNodeFactory();

  /** Texts that programs have stumbled over. */
  private static final List<String> STRANGE =
      List.of(
          "",
          " ",
          "\u0000",
          "a\u0000b",
          "\r\nX-Evil: 1",
          "../../etc/passwd",
          "..\\..",
          "%2e%2e%2f",
          "%00",
          ";a=b",
          "' or 1=1 --",
          "\"}",
          "${jndi:ldap://x}",
          "é",
          "\u65e5\u672c\u8a9e",
          "\ud83d\ude00",
          "\ud800",
          "\u202eabc",
          "\ufeffabc",
          "e\u0301",
          "-1",
          "0",
          "1e400",
          "NaN",
          "Infinity",
          "null",
          "true",
          "[]",
          "{}",
          "9223372036854775808",
          "99999999999999999999999999",
          "0x10",
          "+5",
          "-rf",
          "--help",
          "2026-02-30T00:00:00Z",
          "+999999999-01-01T00:00:00Z",
          "-999999999-01-01T00:00:00Z",
          "a".repeat(129),
          "a".repeat(1025),
          "(".repeat(60),
          "%".repeat(40));

  private final ApiDocument document;
  private final Random random;

  GeneratedValues(ApiDocument document, Random random) {
    this.document = document;
    this.random = random;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  String strange() {
    return chance(0.02) ? one(STRANGE) + "z".repeat(1100) : one(STRANGE);
  }

  /** What the schema allows. */
  JsonNode good(JsonNode unresolved) {
    JsonNode schema = document.resolve(unresolved);
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return schema.path("enum").get(random.nextInt(schema.path("enum").size()));
    }
    if (schema.has("oneOf")) {
      return good(schema.path("oneOf").get(random.nextInt(schema.path("oneOf").size())));
    }
    if (schema.has("examples") && (!schema.has("pattern") || chance(0.8))) {
      return schema.path("examples").get(random.nextInt(schema.path("examples").size()));
    }
    return switch (type(schema)) {
      case "object" -> object(schema);
      case "array" -> array(schema);
      case "integer" -> NODES.numberNode(integer(schema));
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "null" -> NODES.nullNode();
      default -> NODES.stringNode(text(schema));
    };
  }

  private String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray()
        ? type.get(random.nextInt(type.size())).asString()
        : type.asString("string");
  }

  private ObjectNode object(JsonNode schema) {
    ObjectNode object = NODES.objectNode();
    List<String> required =
        schema.path("required").valueStream().map(JsonNode::stringValue).toList();
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              if (required.contains(property.getKey()) || chance(0.5)) {
                object.set(property.getKey(), good(property.getValue()));
              }
            });
    return object;
  }

  private ArrayNode array(JsonNode schema) {
    ArrayNode array = NODES.arrayNode();
    int least = schema.path("minItems").asInt(0);
    int most = Math.min(least + 3, schema.path("maxItems").asInt(Integer.MAX_VALUE));
    int size = least + random.nextInt(most - least + 1);
    for (int i = 0; i < size; i++) {
      array.add(good(schema.path("items")));
    }
    return array;
  }

  private long integer(JsonNode schema) {
    long least = schema.path("minimum").asLong(0);
    long most = schema.path("maximum").asLong(1000);
    return switch (random.nextInt(4)) {
      case 0 -> least;
      case 1 -> most;
      default -> least + random.nextLong(Math.clamp(most - least, 0L, 20L) + 1);
    };
  }

  private String text(JsonNode schema) {
    String format = schema.path("format").asString("");
    String pattern = schema.path("pattern").asString("");
    return switch (format) {
      case "uuid" -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
      case "date-time" -> "20" + (10 + random.nextInt(80)) + "-01-31T12:00:00Z";
      default ->
          pattern.isEmpty()
              ? RgxGen.parse("[a-z]{" + Math.max(1, schema.path("minLength").asInt(1)) + ",20}")
                  .generate(random)
              : RgxGen.parse(pattern).generate(random);
    };
  }

  /** The value, and in some place of it something else. */
  JsonNode spoilt(JsonNode value) {
    if (value instanceof ObjectNode object && !object.isEmpty() && chance(0.85)) {
      ObjectNode copy = object.deepCopy();
      List<String> names = new ArrayList<>(copy.propertyNames());
      String name = one(names);
      switch (random.nextInt(5)) {
        case 0 -> copy.remove(name);
        case 1 -> copy.set(strange(), anything());
        default -> copy.set(name, spoilt(copy.get(name)));
      }
      return copy;
    }
    if (value instanceof ArrayNode array && !array.isEmpty() && chance(0.7)) {
      ArrayNode copy = array.deepCopy();
      int place = random.nextInt(copy.size());
      copy.set(place, spoilt(copy.get(place)));
      return copy;
    }
    return anything();
  }

  JsonNode anything() {
    return switch (random.nextInt(12)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.numberNode(-1);
      case 2 -> NODES.numberNode(Long.MIN_VALUE);
      case 3 -> NODES.numberNode(1.5);
      case 4 -> NODES.booleanNode(random.nextBoolean());
      case 5 -> NODES.objectNode();
      case 6 -> NODES.arrayNode();
      case 7 -> NODES.arrayNode().add(NODES.nullNode()).add(strange());
      case 8 -> NODES.objectNode().put(strange(), strange());
      case 9 -> nested(random.nextInt(1, 40));
      default -> NODES.stringNode(strange());
    };
  }

  private static JsonNode nested(int deep) {
    JsonNode node = NODES.arrayNode();
    for (int i = 0; i < deep; i++) {
      node = NODES.arrayNode().add(node);
    }
    return node;
  }

  /** A value as a parameter has it. */
  static String asText(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }

  /** What a parameter's text is to its schema. */
  static JsonNode typed(JsonNode schema, String text) {
    return switch (schema.path("type").asString("string")) {
      case "integer" ->
          text.matches("-?(0|[1-9][0-9]{0,17})")
              ? NODES.numberNode(Long.parseLong(text))
              : NODES.stringNode(text);
      case "boolean" ->
          Map.<String, JsonNode>of(
                  "true", NODES.booleanNode(true), "false", NODES.booleanNode(false))
              .getOrDefault(text, NODES.stringNode(text));
      default -> NODES.stringNode(text);
    };
  }
}
