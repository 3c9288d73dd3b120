package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunId;
import java.util.Optional;

/** What a server's conversation wants done. */
public sealed interface ServerAction {

  /** Send these bytes to the client. */
  record Send(OutputBytes bytes) implements ServerAction {}

  /**
   * The client says that it acts for this user. Decide whether its key is that of this user; then
   * call {@link ServerConversation#welcome}, or close without a word.
   */
  record Identified(String user) implements ServerAction {}

  /**
   * Run the agent or refuse to, send the {@link Answer}s up to {@link Answer.End}, then call {@link
   * ServerConversation#answered}.
   *
   * @param run the client's name for the run, if it has one
   */
  record Execute(ExecRequest request, Optional<RunId> run) implements ServerAction {}

  /**
   * Tell whether the agent could be run, and run nothing: send a {@link Readiness}, or the sentence
   * of a {@link Refusal}, and {@link Answer.End}; then call {@link ServerConversation#answered}.
   */
  record Check(ExecRequest request) implements ServerAction {}

  /** Stop the agent for which {@link Execute} asked, if it is not over. */
  record Cancel() implements ServerAction {}

  /**
   * The client asked for the version, which anybody who is welcome is told: by the {@link Send}
   * that comes next; this is for the log.
   */
  record Version() implements ServerAction {}

  /**
   * The client asked for something that is not done for anybody. It is answered by the {@link Send}
   * that comes next; this is for the log.
   */
  record Refused(String request, String reason) implements ServerAction {}

  /** The client broke the protocol: close. The last action. */
  record Broken(String reason) implements ServerAction {}
}
