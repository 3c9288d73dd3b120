package io.remoterun.relay.runs;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.run.RunId;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Where the runs are kept. Nothing here blocks. */
public interface RunStore {

  /** An empty log for a new run. */
  RunLog log(RunId id);

  /** Completes when the run would be found again after a restart, as far as that is possible. */
  Mono<Void> keep(Run run);

  /** The runs of earlier processes. */
  List<RunId> kept();

  /** One of those, which has ended, or is ended now. Fails when it cannot be read. */
  Mono<Run> load(RunId id);

  /** Nobody asks for that run any more. */
  Mono<Void> forget(RunId id);

  /** Keeps what a run prints for as long as the process lives. */
  static RunStore inMemory(Supplier<RunLog> logs) {
    return new RunStore() {
      @Override
      public RunLog log(RunId id) {
        return logs.get();
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
        return Mono.empty();
      }
    };
  }
}
