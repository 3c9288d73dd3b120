package io.remoterun.webapp.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.Tally;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the trigger of one node: Rudder's shape, and why if it did not work.
 *
 * @param result {@code Started}; {@code Failed}, where the agent could not be started; {@code
 *     Waiting}, where it is not known yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StartedNode(NodeId id, String hostname, String result, @Nullable String errorDetails) {

  static List<StartedNode> all(RunView run, Sight sight) {
    return run.results().entrySet().stream()
        .map(node -> of(node.getKey(), node.getValue(), sight))
        .toList();
  }

  private static StartedNode of(NodeId id, NodeResult result, Sight sight) {
    String hostname = sight.hostname(id).orElse("");
    if (result.last() instanceof RunEvent.Failed failed && result.began().isEmpty()) {
      return new StartedNode(id, hostname, "Failed", failed.failure().toString());
    }
    String word = result.state() == Tally.State.WAITING ? "Waiting" : "Started";
    return new StartedNode(id, hostname, word, null);
  }
}
