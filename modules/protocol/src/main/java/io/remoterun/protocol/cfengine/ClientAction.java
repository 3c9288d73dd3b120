package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunFailure;

/** What a client's conversation wants done, or tells. */
public sealed interface ClientAction {

  /** Send these bytes to the server. */
  record Send(OutputBytes bytes) implements ClientAction {}

  /** The server starts its agent with this command line, which is only for people to read. */
  record Started(String commandLine) implements ClientAction {}

  /** The agent printed a line, or a piece of one, which then does not end in a line feed. */
  record Printed(OutputBytes bytes) implements ClientAction {}

  /**
   * The server has dropped some of what the agent printed.
   *
   * @param from how many bytes were printed or dropped before
   * @param bytes how many are missing here
   */
  record Dropped(long from, long bytes) implements ClientAction {}

  /** The agent ended. The last action. */
  record Ended(ExitStatus status) implements ClientAction {}

  /** The server does not run its agent, or not any more, and says so. The last action. */
  record Refused(RunFailure.Kind kind, String words) implements ClientAction {}

  /** There is no run, or it is not known how it ended: what was seen of it. The last action. */
  record Failed(RunFailure.Kind kind, String reason) implements ClientAction {}
}
