package io.remoterun.protocol.http;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;

/** Tells the next hop that this one is still there, however quiet the agents are. */
public final class Heartbeats {
  /** Well below the silence that a {@link RelayClient} stands. */
  public static final Duration EVERY = Duration.ofSeconds(15);

  private Heartbeats() {}

  /**
   * The events, and between them a heartbeat every so often, until they end. A reader who does not
   * ask for more gets none.
   *
   * @param node any of the nodes of the run: a heartbeat is about the hop
   */
  public static Flux<RunEvent> between(Flux<RunEvent> events, NodeId node, Duration every) {
    Flux<Signal<RunEvent>> beats =
        Flux.interval(every)
            .onBackpressureDrop()
            .map(beat -> Signal.next(new RunEvent.Heartbeat(node)));
    return Flux.merge(events.materialize(), beats).dematerialize();
  }
}
