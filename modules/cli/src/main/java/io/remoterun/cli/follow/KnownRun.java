package io.remoterun.cli.follow;

import io.remoterun.protocol.report.Display;
import io.remoterun.protocol.run.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A run as the webapp has told it.
 *
 * @param names what its nodes are called: host names, or ids where two have the same
 */
public record KnownRun(String id, Map<NodeId, String> names) {

  /**
   * @param json with all nodes
   */
  public static KnownRun of(JsonNode json) {
    Map<NodeId, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    Map<String, Integer> uses = new HashMap<>();
    for (JsonNode node : json.path("nodes")) {
      uses.merge(node.path("hostname").asString(""), 1, Integer::sum);
    }
    for (JsonNode node : json.path("nodes")) {
      String id = node.path("id").asString("");
      String hostname = node.path("hostname").asString("");
      boolean isUnique = uses.getOrDefault(hostname, 0) == 1 && taken.add(hostname);
      names.put(new NodeId(id), hostname.isEmpty() || !isUnique ? id : hostname);
    }
    return new KnownRun(json.path("id").asString(""), names);
  }

  String name(NodeId node) {
    return names.getOrDefault(node, node.value());
  }

  /** In columns of a terminal. */
  int widthOfNames() {
    return names.values().stream()
        .mapToInt(name -> Display.width(Display.visible(name)))
        .max()
        .orElse(0);
  }
}
