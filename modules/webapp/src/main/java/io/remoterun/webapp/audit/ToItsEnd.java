package io.remoterun.webapp.audit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Work that is not given up in its middle when a client leaves, as all else is. */
final class ToItsEnd {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private ToItsEnd() {}

  /** The same, but once it is subscribed to, nobody can cancel it. Its errors are never lost. */
  static <T> Mono<T> of(Mono<T> work) {
    return Mono.deferContextual(
        context -> {
          AtomicBoolean isLeft = new AtomicBoolean();
          Mono<T> told = work.contextWrite(context).doOnError(error -> tell(isLeft.get(), error));
          return Mono.fromFuture(told::toFuture, true).doOnCancel(() -> isLeft.set(true));
        });
  }

  private static void tell(boolean isLeft, Throwable error) {
    if (isLeft) {
      log.warn("what nobody waits for any more has failed: {}", error.toString());
    }
  }
}
