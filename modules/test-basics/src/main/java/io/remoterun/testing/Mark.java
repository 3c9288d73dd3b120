package io.remoterun.testing;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * An environment variable that Maven gives to the process that runs the tests, of another value for
 * each module, folder and build. What that process starts inherits it, and keeps it when its parent
 * has ended.
 */
public final class Mark {
  static final String VARIABLE = "REMOTE_RUN_TESTS";

  private Mark() {}

  /**
   * For what does not inherit the environment, as agents do not; empty where Maven does not run the
   * tests.
   */
  public static Map<String, String> variables() {
    String mark = System.getenv(VARIABLE);
    return mark == null ? Map.of() : Map.of(VARIABLE, mark);
  }

  /** The same as settings of a node in a process of its own, for its agents. */
  public static Map<String, String> settings() {
    return variables().entrySet().stream()
        .collect(
            Collectors.toMap(
                it -> "remote-run.node.agent.environment[" + it.getKey() + "]",
                Map.Entry::getValue));
  }
}
