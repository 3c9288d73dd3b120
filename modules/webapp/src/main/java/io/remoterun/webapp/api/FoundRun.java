package io.remoterun.webapp.api;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import io.remoterun.webapp.runs.RunView;
import io.remoterun.webapp.runs.WebRuns;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/** The run that a path names, if it exists for the caller: if he sees one of its nodes. */
final class FoundRun {
  private FoundRun() {}

  /** Fails with 404 when there is none. */
  static Mono<RunView> of(WebRuns runs, String id, Predicate<NodeId> isSeen) {
    return Mono.defer(() -> runs.find(RunId.parse(id)))
        .filter(run -> run.results().keySet().stream().anyMatch(isSeen))
        .switchIfEmpty(Mono.error(() -> unknown(id)))
        .onErrorMap(BadRequest.class, noId -> unknown(id));
  }

  private static NotDone unknown(String id) {
    return NotDone.notFound("Run with id '" + Printable.of(id) + "' was not found");
  }
}
