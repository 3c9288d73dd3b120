package io.remoterun.webapp.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Writes to the program's log only. */
public final class LoggedAudit implements Audit {
  private static final Logger log = LoggerFactory.getLogger("remote-run.audit");

  @Override
  public Mono<Void> write(AuditEntry entry) {
    return Mono.fromRunnable(() -> log.info("{}", entry));
  }
}
