package io.remoterun.operations.health;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a role is, as Spring Boot's Actuator would say it.
 *
 * @param isUp whether all that it needs is
 * @param parts one by one, by their names; only for who may see details
 */
public record Report(boolean isUp, Map<String, Finding> parts) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The HTTP status that says it to who reads nothing else. */
  public int httpStatus() {
    return isUp ? 200 : 503;
  }

  /** For anybody: {@code {"status":"UP"}}. */
  public byte[] brief() {
    return JSON.writeValueAsBytes(status());
  }

  /** With each part. */
  public ObjectNode details() {
    ObjectNode all = status();
    ObjectNode components = all.putObject("components");
    parts.forEach(
        (name, finding) -> {
          ObjectNode part = components.putObject(name).put("status", finding.status());
          if (!finding.words().isEmpty()) {
            part.put("details", finding.words());
          }
        });
    return all;
  }

  private ObjectNode status() {
    return JSON.createObjectNode().put("status", isUp ? "UP" : "DOWN");
  }
}
