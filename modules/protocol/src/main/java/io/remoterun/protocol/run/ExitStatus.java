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
    return this instanceof Code code && code.value() != 0;
  }
}
