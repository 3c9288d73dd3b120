package io.remoterun.protocol.nodelist;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads one node list. Not thread-safe. */
final class NodeListParser {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;
  private final List<String> problems = new ArrayList<>();

  NodeListParser(String file) {
    this.file = file;
  }

  List<String> problems() {
    return problems;
  }

  Map<NodeId, NodeEntry> parse(byte[] json) throws IOException {
    JsonNode root = tree(json);
    if (!root.isObject()) {
      throw new IOException(file + ": a node list is a JSON object, with a node id as each key");
    }
    Map<NodeId, NodeEntry> nodes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : root.properties()) {
      try {
        NodeEntry entry = entry(property.getKey(), property.getValue());
        nodes.put(entry.id(), entry);
      } catch (BadRequest | IllegalArgumentException e) {
        problems.add(
            file + ": node " + Printable.of(property.getKey()) + " is left out: " + e.getMessage());
      }
    }
    return nodes;
  }

  private JsonNode tree(byte[] json) throws IOException {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      throw new IOException(
          file
              + ": line "
              + e.getLocation().getLineNr()
              + ": "
              + Printable.of(e.getOriginalMessage().replaceAll(" \\(start marker at .*", "")),
          e);
    }
  }

  private static NodeEntry entry(String id, JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("it should be a JSON object");
    }
    return new NodeEntry(
        new NodeId(id),
        text(json, "hostname"),
        keyHash(json),
        new NodeId(text(json, "policy-server")));
  }

  private static Optional<KeyHash> keyHash(JsonNode json) {
    return json.path("key-hash").isMissingNode() || json.path("key-hash").isNull()
        ? Optional.empty()
        : KeyHash.parse(text(json, "key-hash"));
  }

  private static String text(JsonNode json, String key) {
    JsonNode value = json.path(key);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new IllegalArgumentException(key + " should be a text that is not empty");
    }
    return value.stringValue();
  }
}
