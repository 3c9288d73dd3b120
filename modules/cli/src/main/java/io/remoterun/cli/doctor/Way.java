package io.remoterun.cli.doctor;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that was seen on the way to something.
 *
 * @param to what it is called
 * @param id of a node; empty for the webapp
 */
record Way(String to, String id, List<Look> looks) {
  Way {
    looks = List.copyOf(looks);
  }

  boolean isWell() {
    return looks.stream().noneMatch(Look::hasFailed);
  }

  /** Of the webapp: whether it could be asked, so that only parts of it are not well. */
  boolean reachesNodes() {
    return looks.stream().anyMatch(look -> look.step().equals("token") && !look.hasFailed());
  }

  /** In one line. */
  String json(ObjectNode json) {
    if (id.isEmpty()) {
      json.put("webapp", to);
    } else {
      json.put("node", id).put("hostname", to);
    }
    json.put("well", isWell());
    ArrayNode steps = json.putArray("steps");
    looks.forEach(look -> look.addTo(steps.addObject()));
    return json + "\n";
  }
}
