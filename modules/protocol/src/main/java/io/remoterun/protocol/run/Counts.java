package io.remoterun.protocol.run;

import java.util.ArrayList;
import java.util.List;

/**
 * How many nodes of a run are where. Each node is counted once, so that the numbers sum to {@link
 * #targets()}.
 *
 * @param waiting nothing was heard of them yet
 * @param running their agents have started and not ended
 * @param succeeded their agents ended well, or their nodes do not report how
 * @param agentErrors their agents ran, and ended in an error
 * @param failed their agents could not be run, or it is not known how they ended
 * @param stopped the run was cancelled, and their agents have ended or were never started
 * @param unconfirmed the run was cancelled, and it is not known whether their agents have ended
 */
public record Counts(
    int waiting,
    int running,
    int succeeded,
    int agentErrors,
    int failed,
    int stopped,
    int unconfirmed) {

  /** All nodes that the run is for. */
  public int targets() {
    return waiting + running + succeeded + agentErrors + failed + stopped + unconfirmed;
  }

  /** Whether there were any, and nothing is to be told of them but output. */
  public boolean areAllWell() {
    return succeeded > 0 && succeeded == targets();
  }

  /** For people: {@code 100 nodes: 97 succeeded, 3 failed}. Only what there is. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    add(parts, succeeded, "succeeded");
    add(parts, agentErrors, agentErrors == 1 ? "agent error" : "agent errors");
    add(parts, failed, "failed");
    add(parts, stopped, "stopped");
    add(parts, unconfirmed, "not confirmed to be stopped");
    add(parts, running, "running");
    add(parts, waiting, "waiting");
    String nodes = targets() + (targets() == 1 ? " node" : " nodes");
    return parts.isEmpty() ? nodes : nodes + ": " + String.join(", ", parts);
  }

  private static void add(List<String> parts, int count, String what) {
    if (count > 0) {
      parts.add(count + " " + what);
    }
  }

  /** For programs, in one line: {@code targets=100 succeeded=97 agent-errors=0 failed=3 ...}. */
  public String toFields() {
    return "targets=%d succeeded=%d agent-errors=%d failed=%d stopped=%d unconfirmed=%d open=%d"
        .formatted(
            targets(), succeeded, agentErrors, failed, stopped, unconfirmed, waiting + running);
  }
}
