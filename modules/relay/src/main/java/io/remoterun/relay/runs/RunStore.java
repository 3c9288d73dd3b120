package io.remoterun.relay.runs;

import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.RunId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Where the runs are kept. Nothing here blocks. */
public interface RunStore {

  /** An empty log for a new run. */
  RunLog log(RunId id);

  /**
   * Completes when the run would be found again after a restart. Never fails: that it would not be
   * found is logged.
   */
  Mono<Void> keep(Run run);

  /** The runs of earlier processes. */
  List<RunId> kept();

  /** One of those, which has ended, or is ended now. Fails when it cannot be read. */
  Mono<Run> load(RunId id);

  /** Nobody asks for that run any more. */
  Mono<Void> forget(RunId id);

  /** Whether there is little room left for new runs, so that old ones should be forgotten. */
  boolean isCrowded();

  /**
   * Keeps what a run prints for as long as the process lives.
   *
   * @param budget what the logs share
   */
  static RunStore inMemory(Supplier<RunLog> logs, LogBudget budget) {
    Map<RunId, RunLog> open = new ConcurrentHashMap<>();
    return new RunStore() {
      @Override
      public RunLog log(RunId id) {
        return open.computeIfAbsent(id, key -> logs.get());
      }

      @Override
      public Mono<Void> keep(Run run) {
        return Mono.empty();
      }

      @Override
      public List<RunId> kept() {
        return List.of();
      }

      @Override
      public Mono<Run> load(RunId id) {
        return Mono.error(new IllegalStateException("nothing was kept"));
      }

      @Override
      public Mono<Void> forget(RunId id) {
        RunLog log = open.remove(id);
        return log == null ? Mono.empty() : log.discard();
      }

      @Override
      public boolean isCrowded() {
        return RunStore.isCrowded(budget);
      }
    };
  }

  /** Whether less than a quarter of it is left. */
  static boolean isCrowded(LogBudget budget) {
    return budget.used() > budget.mostBytes() / 4 * 3;
  }
}
