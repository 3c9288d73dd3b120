package io.remoterun.webapp.audit;

/** Nothing can be written down, so nothing happens. The message is safe to show. */
public final class AuditUnavailable extends RuntimeException {
  public AuditUnavailable(Throwable cause) {
    super(
        "webapp: the audit log cannot be written, so nothing was done; see the webapp's log",
        cause);
  }
}
