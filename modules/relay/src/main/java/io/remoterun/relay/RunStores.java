package io.remoterun.relay;

import io.remoterun.protocol.log.FileRunLog;
import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogBudget;
import io.remoterun.protocol.log.MemoryRunLog;
import io.remoterun.relay.RelayProperties.KeptRuns;
import io.remoterun.relay.runs.RunFolders;
import io.remoterun.relay.runs.RunStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** Where runs are kept, by the settings: in memory, or in files with a window in memory. */
final class RunStores {
  /** Of the memory for all runs, so that no run takes it from all others. */
  private static final int MOST_RUNS_OF_FULL_SIZE = 4;

  private static final long WINDOW = 4 << 20;

  private final LogBudget memory;
  private final LogBudget disk;
  private final RunStore store;

  /**
   * @throws IOException when the folder cannot be used
   */
  RunStores(KeptRuns settings, RelaySelf self) throws IOException {
    this.memory = new LogBudget(settings.memory().toBytes());
    this.disk = new LogBudget(settings.disk().toBytes());
    this.store = of(settings, self, memory, disk);
  }

  RunStore store() {
    return store;
  }

  /** How much output was not kept, since the start. */
  long droppedBytes() {
    return memory.dropped() + disk.dropped();
  }

  private static RunStore of(KeptRuns settings, RelaySelf self, LogBudget memory, LogBudget disk)
      throws IOException {
    long share = settings.memory().toBytes() / MOST_RUNS_OF_FULL_SIZE;
    @Nullable Path folder = settings.folder();
    if (folder == null) {
      self.log()
          .warn(
              "runs are known until this relay ends, and not after a restart: set"
                  + " remote-run.relay.runs.folder");
      long run = Math.min(settings.output().toBytes(), share);
      LogBounds bounds = new LogBounds(run, settings.outputOfNode().toBytes(), memory);
      return RunStore.inMemory(() -> new MemoryRunLog(bounds, Schedulers.parallel()), memory);
    }
    long window = Math.min(WINDOW, share);
    FileRunLog.Limits limits =
        new FileRunLog.Limits(
            new LogBounds(window, window, memory),
            new LogBounds(settings.output().toBytes(), settings.outputOfNode().toBytes(), disk));
    try {
      return RunFolders.in(folder, limits, self.id(), self.log());
    } catch (IOException e) {
      throw new IOException(
          "runs cannot be kept in " + folder + " (remote-run.relay.runs.folder): " + e, e);
    }
  }
}
