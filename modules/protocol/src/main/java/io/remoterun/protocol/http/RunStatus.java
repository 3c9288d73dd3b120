package io.remoterun.protocol.http;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The HTTP status that tells the truth about a run on one node: the answer's head waits until it is
 * known whether the agent could be run at all.
 */
public final class RunStatus {
  private RunStatus() {}

  /**
   * Of an answer that carries the output: 200 as soon as the agent has started or printed
   * something, else what says why it could not.
   */
  public static Mono<Integer> ofStart(RunLog log) {
    return of(log, event -> !(event instanceof RunEvent.Heartbeat));
  }

  /** Of an answer that is sent when the run has ended: 200 when it is known how. */
  public static Mono<Integer> ofEnd(RunLog log) {
    return of(log, RunEvent::isTerminal);
  }

  private static Mono<Integer> of(RunLog log, Predicate<RunEvent> decides) {
    return log.events()
        .filter(decides)
        .next()
        .map(RunStatus::of)
        .defaultIfEmpty(RunFailure.Kind.INTERNAL.httpStatus());
  }

  private static int of(RunEvent event) {
    return event instanceof RunEvent.Failed failed ? failed.failure().kind().httpStatus() : 200;
  }
}
