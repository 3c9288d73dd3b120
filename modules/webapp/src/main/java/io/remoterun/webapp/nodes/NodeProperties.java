package io.remoterun.webapp.nodes;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what is known of nodes: {@code {"NODEID":{"os":"debian","roles":["web","db"]}}}. A value in
 * an object gets a name with a dot; an array is several values; null is none.
 */
final class NodeProperties {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private NodeProperties() {}

  static Map<String, Map<String, List<String>>> read(Path file) throws IOException {
    JsonNode root = tree(file);
    if (!root.isObject() || !root.valueStream().allMatch(JsonNode::isObject)) {
      throw new IOException(file + ": node properties are a JSON object of objects, by node id");
    }
    Map<String, Map<String, List<String>>> nodes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> node : root.properties()) {
      Map<String, List<String>> properties = new LinkedHashMap<>();
      collect("", node.getValue(), properties);
      properties.replaceAll((name, values) -> List.copyOf(values));
      nodes.put(node.getKey(), properties);
    }
    return nodes;
  }

  private static JsonNode tree(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException(
          file + ": line " + line + ": " + Printable.of(e.getOriginalMessage()), e);
    }
  }

  private static void collect(String name, JsonNode value, Map<String, List<String>> into) {
    if (value.isObject()) {
      String prefix = name.isEmpty() ? "" : name + ".";
      value.properties().forEach(p -> collect(prefix + p.getKey(), p.getValue(), into));
    } else if (value.isArray()) {
      value.forEach(one -> collect(name, one, into));
    } else if (!value.isNull()) {
      into.computeIfAbsent(name, none -> new ArrayList<>()).add(value.asString());
    }
  }
}
