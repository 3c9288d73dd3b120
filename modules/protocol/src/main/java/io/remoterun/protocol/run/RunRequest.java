package io.remoterun.protocol.run;

import java.util.List;
import java.util.Optional;

/**
 * What one hop asks of the next.
 *
 * @param id the run's name at every hop
 * @param target the nodes
 * @param conditions given to the agent, in this order
 * @param asynchronous whether the caller goes away at once; the run goes on all the same
 * @param keepOutput whether the caller wants what the agents print; how each run ended is told
 *     either way
 * @param trace where in a trace it was asked for, if that is recorded
 */
public record RunRequest(
    RunId id,
    RunTarget target,
    List<Condition> conditions,
    boolean asynchronous,
    boolean keepOutput,
    Optional<TraceParent> trace) {
  public RunRequest {
    conditions = List.copyOf(conditions);
  }

  /** One that nobody traces. */
  public RunRequest(
      RunId id,
      RunTarget target,
      List<Condition> conditions,
      boolean asynchronous,
      boolean keepOutput) {
    this(id, target, conditions, asynchronous, keepOutput, Optional.empty());
  }

  /** The same request, asked for at another place of a trace. */
  public RunRequest within(Optional<TraceParent> other) {
    return new RunRequest(id, target, conditions, asynchronous, keepOutput, other);
  }

  /** The same request for other nodes: what a relay asks of the relay below it. */
  public RunRequest withTarget(RunTarget other) {
    return new RunRequest(id, other, conditions, asynchronous, keepOutput, trace);
  }
}
