package io.remoterun.relay.api;

import java.util.Optional;
import reactor.core.publisher.Mono;

/** What a relay knows of its nodes can be read again while it runs. */
public interface Reload {

  /**
   * Reads node list and certificates again, when subscribed to, and not on the caller's thread; one
   * after the other where several are asked for. Runs that are going on keep to what they began
   * with.
   *
   * @return an error, with words for the administrator, when a file cannot be used: then everything
   *     stays as it was
   */
  Mono<Void> reload();

  /** Why the last one failed; empty when it did not. */
  Optional<String> failure();
}
