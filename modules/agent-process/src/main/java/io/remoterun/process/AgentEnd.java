package io.remoterun.process;

/** How a process ended. */
public sealed interface AgentEnd {

  /** By itself, with this code of 0 to 255. */
  record Exited(int code) implements AgentEnd {}

  /** By this signal. */
  record Killed(int signal) implements AgentEnd {}

  /**
   * @param status as {@code waitpid} tells it for a process that is gone
   */
  static AgentEnd of(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? new Exited(status >> 8 & 0xff) : new Killed(signal);
  }
}
