package io.remoterun.testkit;

import java.util.Map;

/**
 * An environment variable that Maven gives to the process that runs the tests, of another value for
 * each module, folder and build. What that process starts inherits it, and keeps it when its parent
 * has ended.
 */
public final class Mark {
  static final String VARIABLE = "REMOTE_RUN_TESTS";

  private Mark() {}

  /** For what does not inherit the environment; empty where Maven does not run the tests. */
  public static Map<String, String> variables() {
    String mark = System.getenv(VARIABLE);
    return mark == null ? Map.of() : Map.of(VARIABLE, mark);
  }
}
