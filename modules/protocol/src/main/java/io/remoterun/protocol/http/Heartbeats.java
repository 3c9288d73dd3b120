package io.remoterun.protocol.http;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;

/** Tells the next hop that this one is still there, however quiet the agents are. */
public final class Heartbeats {
  /** Well below the silence that a {@link RelayClient} stands. */
  public static final Duration EVERY = Duration.ofSeconds(15);

  private Heartbeats() {}

  /**
   * The elements, and between them a heartbeat every so often, until they end. A reader who does
   * not ask for more gets none.
   *
   * @param beat stands for a heartbeat
   */
  public static <T> Flux<T> between(Flux<T> elements, T beat, Duration every) {
    Flux<Signal<T>> beats =
        Flux.interval(every).onBackpressureDrop().map(tick -> Signal.next(beat));
    return Flux.merge(elements.materialize(), beats).dematerialize();
  }
}
