package io.remoterun.relay;

import io.remoterun.operations.trace.Span;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.operations.trace.Tracing.Kind;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.relay.runs.Cancel;
import io.remoterun.relay.runs.Engine;
import io.remoterun.relay.runs.Plan;
import java.util.List;

/** Each run of this relay as a step. One that does not begin, because it is known, is not told. */
record TracedEngine(Engine engine, Tracing tracing) implements Engine {
  static Engine of(Engine engine, Tracing tracing) {
    return tracing.isOn() ? new TracedEngine(engine, tracing) : engine;
  }

  @Override
  public Plan plan(RunRequest request, List<NodeId> path, Cancel cancel) {
    Span span = tracing.begin("run at relay", Kind.SERVER, request.trace(), request.id());
    Plan plan = engine.plan(request.within(span.context()), path, cancel);
    return new Plan(plan.nodes(), plan.canBegin(), span.around(plan.events()));
  }
}
