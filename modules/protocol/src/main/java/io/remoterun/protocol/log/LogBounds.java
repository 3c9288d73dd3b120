package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;

/**
 * How much output a log keeps, in bytes. Of each bound the first half keeps how the output began,
 * the second half how it goes on; what is between is dropped, the oldest first.
 *
 * @param run of all nodes together
 * @param node of one node, so that one that prints much does not push out the output of others
 * @param budget what all logs together may keep; a log that gets nothing from it drops as if its
 *     own bound were reached
 */
public record LogBounds(long run, long node, LogBudget budget) {
  public LogBounds {
    if (run < 0 || node < 0) {
      throw new IllegalArgumentException("a log cannot keep " + Math.min(run, node) + " bytes");
    }
  }

  /** What an event counts, beside output also what keeping it costs. */
  public static long costOf(RunEvent event) {
    return KeptOutput.costOf(event);
  }

  /** For a log that has nothing to share, of any number of nodes. */
  public static LogBounds of(long run) {
    return new LogBounds(run, run, LogBudget.unlimited());
  }
}
