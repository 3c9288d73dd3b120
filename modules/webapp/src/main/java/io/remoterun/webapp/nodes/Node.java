package io.remoterun.webapp.nodes;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.protocol.run.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a node, with Rudder's names for it.
 *
 * @param policyServerId the relay, or the root server, that manages it
 * @param properties what queries may ask for beside that; a property may have several values
 */
public record Node(
    NodeId id,
    String hostname,
    NodeId policyServerId,
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonFormat(with = Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
        Map<String, List<String>> properties) {
  private static final String AGENT = "managementTechnology.name";
  private static final String WINDOWS = "Rudder Windows";

  public Node {
    properties = Map.copyOf(properties);
  }

  static Node of(NodeEntry entry, Map<String, List<String>> properties) {
    return new Node(entry.id(), entry.hostname(), entry.policyServer(), properties);
  }

  /** What its agent is called, if that is one that cannot be triggered. */
  public Optional<String> agentWithoutTrigger() {
    return values(AGENT).stream().filter(WINDOWS::equalsIgnoreCase).findFirst();
  }

  /** The values that the name has at this node; none where it has no such property. */
  List<String> values(String name) {
    return switch (name) {
      case "id" -> List.of(id.value());
      case "hostname" -> List.of(hostname);
      case "policyServerId" -> List.of(policyServerId.value());
      default -> properties.getOrDefault(name, List.of());
    };
  }
}
