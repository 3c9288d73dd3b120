package io.remoterun.relay.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.scheduler.Schedulers;

/**
 * The runs that are known by their ids: those that go on, and those that have ended lately. An id
 * that is known never begins a second run. Thread-safe; nothing here blocks.
 */
public final class Runs {
  private final Engine engine;
  private final Function<RunId, RunLog> logs;
  private final Limits limits;
  private final Map<RunId, Run> known = new LinkedHashMap<>();

  /**
   * @param keep how long a run is known after its end
   * @param most how many are; of more, those that began first and have ended are forgotten
   */
  public record Limits(Duration keep, int most) {}

  /**
   * @param logs makes an empty log for a run
   */
  public Runs(Engine engine, Function<RunId, RunLog> logs, Limits limits) {
    this.engine = engine;
    this.logs = logs;
    this.limits = limits;
  }

  /**
   * Begins the run; or attaches to it, if it is known. Does not fail otherwise: what goes wrong is
   * in the log.
   *
   * @param path the relays that the request has come through
   * @throws OtherRequest when the id is that of another request
   */
  public Run start(RunRequest request, List<NodeId> path) {
    Run run = find(request.id()).orElseGet(() -> begin(request, path));
    if (!run.isFor(request)) {
      throw new OtherRequest(request.id());
    }
    return run;
  }

  private Run begin(RunRequest request, List<NodeId> path) {
    Cancel cancel = new Cancel();
    Plan plan = engine.plan(request, path, cancel);
    Run run;
    synchronized (known) {
      Run other = known.get(request.id());
      if (other != null) {
        return other;
      }
      run = new Run(request, plan, logs.apply(request.id()), cancel);
      known.put(request.id(), run);
      forgetSurplus();
    }
    run.begin();
    run.end().subscribe(nothing -> {}, error -> {}, () -> forgetLater(request.id()));
    return run;
  }

  public Optional<Run> find(RunId id) {
    synchronized (known) {
      return Optional.ofNullable(known.get(id));
    }
  }

  private void forgetLater(RunId id) {
    Schedulers.parallel()
        .schedule(() -> forget(id), limits.keep().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void forget(RunId id) {
    synchronized (known) {
      known.remove(id);
    }
  }

  private void forgetSurplus() {
    Iterator<Run> oldest = known.values().iterator();
    while (known.size() > limits.most() && oldest.hasNext()) {
      if (oldest.next().ended().isPresent()) {
        oldest.remove();
      }
    }
  }
}
