package io.remoterun.webapp.audit;

import reactor.core.publisher.Mono;

/** Where what happens is written down, before it happens. Thread-safe. */
public interface Audit {

  /**
   * Completes when the entry is safe. What it is about must not happen before, and not at all when
   * this fails; then it fails with {@link AuditUnavailable}, which is answered with 503.
   */
  Mono<Void> write(AuditEntry entry);

  /**
   * Writes down that somebody may do it, and does it: also when he leaves in between, because what
   * is written down as allowed has to happen.
   *
   * @param deed begins when it is subscribed to
   */
  default <T> Mono<T> writeAndDo(AuditEntry entry, Mono<T> deed) {
    return ToItsEnd.of(write(entry).then(deed));
  }
}
