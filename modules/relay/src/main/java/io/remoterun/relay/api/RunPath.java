package io.remoterun.relay.api;

import io.remoterun.protocol.http.RunForm;
import io.remoterun.protocol.run.NodeId;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.reactive.function.server.ServerRequest;

/** The relays that a request has come through. */
final class RunPath {
  private RunPath() {}

  /** Two relays whose node lists send a run to each other would do so until its deadline. */
  static List<NodeId> of(ServerRequest http, NodeId self) {
    String header = http.headers().firstHeader(RunForm.PATH_HEADER);
    List<NodeId> path =
        header == null ? List.of() : Stream.of(header.split(",", -1)).map(NodeId::new).toList();
    if (path.contains(self)) {
      throw new Refusal(
          508,
          "the run has come back to relay "
              + self
              + " by way of "
              + path
              + ": their node lists send it in a circle");
    }
    return path;
  }
}
