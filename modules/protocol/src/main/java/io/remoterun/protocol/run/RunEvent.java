package io.remoterun.protocol.run;

/**
 * Something that happened in a run on one node. Of one node the order is: at most one {@link
 * Started}, any number of {@link Output}, {@link Gap} and {@link Heartbeat}, then exactly one
 * {@link Finished} or {@link Failed}, which is the last.
 */
public sealed interface RunEvent {
  NodeId node();

  /**
   * The node has accepted and starts its agent.
   *
   * @param command the command line, as the node tells it; only to be shown
   */
  record Started(NodeId node, String command) implements RunEvent {}

  /**
   * What the agent printed: a whole line with its line feed, or, of a longer line and of a last one
   * without a line feed, a piece.
   */
  record Output(NodeId node, OutputBytes bytes) implements RunEvent {}

  /** Nothing happened for a while, and the hop is still there. */
  record Heartbeat(NodeId node) implements RunEvent {}

  /**
   * Output that a stated bound made a hop drop.
   *
   * @param from how many bytes the node's agent had printed before the first of them
   * @param bytes how much is missing
   */
  record Gap(NodeId node, long from, long bytes) implements RunEvent {
    /** More than any agent prints, and so little that no sum of bytes printed can overflow. */
    public static final long MOST_BYTES = 1L << 60;

    /**
     * @throws IllegalArgumentException when there is no such place
     */
    public Gap {
      if (from < 0 || bytes < 0 || bytes > MOST_BYTES || from > MOST_BYTES - bytes) {
        throw new IllegalArgumentException("a gap of " + bytes + " bytes after " + from);
      }
    }

    /** How much of the output has been printed when the gap is over. */
    public long end() {
      return from + bytes;
    }
  }

  /** The agent ran and ended. */
  record Finished(NodeId node, ExitStatus status) implements RunEvent {}

  /** The agent could not be run, or it is not known how its run ended. */
  record Failed(NodeId node, RunFailure failure) implements RunEvent {}

  /** Whether this is the last event of its node. */
  default boolean isTerminal() {
    return this instanceof Finished || this instanceof Failed;
  }
}
