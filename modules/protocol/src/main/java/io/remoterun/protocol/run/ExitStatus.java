package io.remoterun.protocol.run;

import java.util.Map;

/** How an agent that had been started ended. */
public sealed interface ExitStatus {

  /** It ended with this code, 0 being success. */
  record Code(int value) implements ExitStatus {
    @Override
    public String toString() {
      return "exit status " + value;
    }
  }

  /**
   * It ended without a status.
   *
   * @param signal that ended it; 0 when the node tells each status that there is, and did not tell
   *     this: a signal ended it, or the node could not wait for its end
   */
  record Killed(int signal) implements ExitStatus {
    private static final Map<Integer, String> NAMES =
        Map.of(
            1, "HUP", 2, "INT", 3, "QUIT", 6, "ABRT", 7, "BUS", 9, "KILL", 11, "SEGV", 13, "PIPE",
            14, "ALRM", 15, "TERM");

    /** By a signal that is not told. */
    public Killed() {
      this(0);
    }

    @Override
    public String toString() {
      if (signal == 0) {
        return "no exit status: killed by a signal, or the node could not wait for its end";
      }
      String name = NAMES.get(signal);
      return "killed by signal " + signal + (name == null ? "" : " (" + name + ")");
    }
  }

  /** It ended, and the node did not say how: cf-serverd before 3.18 does not. */
  record NotReported() implements ExitStatus {
    @Override
    public String toString() {
      return "exit status not reported";
    }
  }

  static ExitStatus code(int value) {
    return new Code(value);
  }

  /** Whether the agent is known to have failed. */
  default boolean isFailure() {
    return switch (this) {
      case Code(int value) -> value != 0;
      case Killed _ -> true;
      case NotReported() -> false;
    };
  }
}
