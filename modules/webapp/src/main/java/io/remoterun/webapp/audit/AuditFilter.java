package io.remoterun.webapp.audit;

import java.time.Instant;
import java.util.Optional;

/** Which entries are wanted; all that is given has to be met. */
public record AuditFilter(
    Optional<String> who,
    Optional<AuditEntry.Action> action,
    Optional<AuditEntry.Decision> decision,
    Optional<String> run,
    Optional<Instant> since,
    Optional<Instant> until) {

  public static AuditFilter any() {
    return new AuditFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
