package io.remoterun.webapp.store;

import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.SourceLog;
import io.remoterun.protocol.run.RunId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.scheduler.Scheduler;

/**
 * Logs in the database that may grow elsewhere: those who read them are woken from time to time.
 * Thread-safe.
 */
final class FollowedLogs {
  private final Database database;
  private final Scheduler threads;
  private final Set<SourceLog> followed = ConcurrentHashMap.newKeySet();

  FollowedLogs(Database database, Scheduler threads) {
    this.database = database;
    this.threads = threads;
  }

  RunLog of(RunId id) {
    SourceLog[] log = new SourceLog[1];
    log[0] =
        new SourceLog(
            () -> {
              followed.add(log[0]);
              return new ChunkReader(database, id.value());
            },
            threads);
    return log[0];
  }

  /** Has all readers look whether there is more. */
  void wake() {
    followed.removeIf(log -> !log.isRead());
    followed.forEach(SourceLog::wake);
  }
}
