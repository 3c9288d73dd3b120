package io.remoterun.protocol.run;

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
   * It ended without a status, at a node that tells each one that there is: a signal ended it, or
   * the node could not wait for its end.
   */
  record Killed() implements ExitStatus {
    @Override
    public String toString() {
      return "no exit status: killed by a signal, or the node could not wait for its end";
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
      case Killed() -> true;
      case NotReported() -> false;
    };
  }
}
