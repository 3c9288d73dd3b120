package io.remoterun.protocol.check;

import io.remoterun.protocol.run.RunFailure;

/**
 * One step of the way to a node, as a hop has seen it.
 *
 * @param hop who looked, such as {@code relay root}
 * @param words what was seen, in one line
 * @param advice what a person can do about it; empty where nothing is wrong
 * @param millis how long it took
 */
public record CheckStep(
    String hop, Step step, State state, String words, String advice, long millis) {

  /** The steps of one hop, in their order. */
  public enum Step {
    /** The hop knows a way to the node. */
    ROUTE,
    /** The name has an address. */
    RESOLVE,
    /** Something accepts connections there. */
    CONNECT,
    /** It speaks TLS. */
    TLS,
    /** It proves to be the one that is meant. */
    KEY,
    /** It lets this hop in. */
    ACCESS,
    /** It has an agent that it can start. */
    AGENT
  }

  /** How it went. */
  public enum State {
    OK,
    FAILED,
    /** It cannot be told without a run, or by this peer. */
    UNKNOWN
  }

  static CheckStep ok(String hop, Step step, String words, long millis) {
    return new CheckStep(hop, step, State.OK, words, "", millis);
  }

  /** In the words that a run would end in. */
  public static CheckStep failed(Step step, RunFailure failure, long millis) {
    return new CheckStep(
        failure.hop(), step, State.FAILED, failure.reason(), failure.kind().advice(), millis);
  }

  public static CheckStep unknown(String hop, Step step, String words) {
    return new CheckStep(hop, step, State.UNKNOWN, words, "", 0);
  }
}
