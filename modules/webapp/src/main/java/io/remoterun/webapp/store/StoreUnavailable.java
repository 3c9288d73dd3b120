package io.remoterun.webapp.store;

/** The database does not answer, or cannot write. It may do so later: nothing was done. */
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoreUnavailable(Throwable cause) {
    super("webapp: the database does not answer, try again later: " + innermost(cause), cause);
  }

  /** Spring wraps what the driver has said, and the driver what the system has said. */
  static String innermost(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }
}
