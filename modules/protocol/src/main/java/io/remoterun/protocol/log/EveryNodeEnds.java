package io.remoterun.protocol.log;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import reactor.core.publisher.Flux;

/**
 * Holds a source of events to what {@link RunEvent} promises: each of the nodes that a run is for
 * ends in exactly one terminal event, which is its last, and nothing is told about other nodes.
 */
public final class EveryNodeEnds {
  private final String source;
  private final Logger log;
  private final Function<Throwable, RunFailure> broken;
  private final Supplier<RunFailure> ended;

  /**
   * @param source who tells the events, for the log
   * @param log is told of events that do not belong to the run
   * @param broken the failure of the nodes that are left when the source fails
   * @param ended the failure of the nodes that are left when the source ends
   */
  public EveryNodeEnds(
      String source,
      Logger log,
      Function<Throwable, RunFailure> broken,
      Supplier<RunFailure> ended) {
    this.source = source;
    this.log = log;
    this.broken = broken;
    this.ended = ended;
  }

  /** The events that belong to the run, and what is missing. Ends with the last terminal event. */
  public Flux<RunEvent> once(Flux<RunEvent> events, Collection<NodeId> nodes) {
    return Flux.defer(
        () -> {
          OpenNodes open = new OpenNodes(nodes, source, log);
          return open.isEmpty() ? Flux.empty() : once(events, open);
        });
  }

  private Flux<RunEvent> once(Flux<RunEvent> events, OpenNodes open) {
    return events
        .filter(open::admits)
        .takeUntil(event -> open.isEmpty())
        .onErrorResume(error -> open.fail(broken.apply(error)))
        .concatWith(Flux.defer(() -> open.fail(ended.get())));
  }
}
