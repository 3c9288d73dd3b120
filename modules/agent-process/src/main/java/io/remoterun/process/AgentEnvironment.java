package io.remoterun.process;

import java.util.Map;

/** What the agent finds in its environment, whoever starts it. */
public final class AgentEnvironment {
  /**
   * {@code LANG=C.UTF-8}: messages are the same on each machine, and text that is not ASCII passes.
   */
  public static final Map<String, String> DEFAULT =
      Map.of(
          "PATH",
          "/opt/rudder/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LANG",
          "C.UTF-8");

  private AgentEnvironment() {}
}
