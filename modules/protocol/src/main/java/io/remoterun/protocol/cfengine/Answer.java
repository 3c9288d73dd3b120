package io.remoterun.protocol.cfengine;

import io.remoterun.protocol.run.OutputBytes;

/**
 * What a server sends after EXEC: a {@link Start}, {@link Output}s, {@link Killed} perhaps, an
 * {@link Exit}, the {@link End}; or {@link Sentence}s that say why not, and the end; or, at any
 * time after {@code CANCEL}, {@link Stopped} and the end, or {@link NotStopped} and what there was
 * to say.
 */
public sealed interface Answer {

  /** The agent is started with this command line, which is only for people to read. */
  record Start(String commandLine) implements Answer {}

  /** A line of the agent with its line feed, or a piece of one. */
  record Output(OutputBytes bytes) implements Answer {}

  /** So many bytes of output were dropped here. Only our own node says this. */
  record Gap(long bytes) implements Answer {}

  /** How the agent ended. CFEngine before 3.18 does not tell. */
  record Exit(int code) implements Answer {}

  /** This signal ended the agent. Only our own node says this. */
  record Killed(int signal) implements Answer {}

  /**
   * The agent does not run any more, because the client has cancelled it, or it took too long. Only
   * our own node says this.
   *
   * @param words what has become of it
   */
  record Stopped(String words) implements Answer {}

  /**
   * The client has cancelled the agent, which goes on, or may go on. Only our own node says this.
   *
   * @param words why
   */
  record NotStopped(String words) implements Answer {}

  /** Anything else, a refusal usually. */
  record Sentence(String text) implements Answer {}

  /** Nothing more comes. */
  record End() implements Answer {}

  /** The bytes to send for it: one transaction, for a long output several. */
  default byte[] encode() {
    return AnswerCodec.encode(this);
  }
}
