package io.remoterun.webapp.security;

/** What a user may be allowed to do. Each is an authority of Spring Security. */
public final class Rights {
  /** See which nodes there are. */
  public static final String READ_NODES = "node:read";

  /** Start an agent. */
  public static final String TRIGGER_RUNS = "run:trigger";

  private Rights() {}
}
