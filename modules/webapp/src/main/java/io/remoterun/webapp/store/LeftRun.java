package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogBounds;
import io.remoterun.protocol.log.LogSource;
import io.remoterun.protocol.log.RunLog;
import io.remoterun.protocol.log.Seen;
import io.remoterun.protocol.log.Slot;
import io.remoterun.protocol.log.SourceLog;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.webapp.runs.Caller;
import io.remoterun.webapp.runs.NodeResult;
import io.remoterun.webapp.runs.RunRecord;
import io.remoterun.webapp.runs.RunView;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import reactor.core.scheduler.Scheduler;

/**
 * A run that another process has left in its middle, and what is needed to go on with its log.
 *
 * @param last the highest number in its log
 * @param seen how much of each node's output is in it
 */
record LeftRun(
    RunRows.Row row,
    Map<NodeId, NodeResult> results,
    long last,
    Seen seen,
    ChunkShares shares,
    RunLog log)
    implements RunView {

  private record Chunk(ChunkShares.Key key, List<Slot> slots, int bytes) {
    static Chunk of(ResultSet row) throws SQLException {
      byte[] lines = row.getBytes("lines");
      ChunkShares.Key key = new ChunkShares.Key(row.getLong("batch"), row.getString("node"));
      return new Chunk(key, Slot.ofLines(lines), lines.length);
    }
  }

  /** Reads all of its log, batch by batch. Blocks. */
  static LeftRun read(Database database, UUID id, LogBounds bounds, Scheduler scheduler) {
    Seen seen = new Seen();
    ChunkShares shares = new ChunkShares(bounds);
    long last = 0;
    for (List<Chunk> batch = batch(database, id, 1);
        !batch.isEmpty();
        batch = batch(database, id, last + 1)) {
      for (Chunk chunk : batch) {
        chunk.slots().forEach(slot -> seen.skipTo(slot.event().node(), slot.end()));
        shares.isThere(chunk.key(), chunk.slots(), chunk.bytes());
      }
      last = batch.getFirst().key().batch();
    }
    long highest = last;
    return database.now(
        jdbc ->
            new LeftRun(
                RunRows.find(jdbc, id).orElseThrow(),
                RunRows.nodes(jdbc, id),
                highest,
                seen,
                shares,
                new SourceLog(() -> new ThatIsAll(new ChunkReader(database, id)), scheduler)));
  }

  private static List<Chunk> batch(Database database, UUID id, long from) {
    return database.now(
        jdbc ->
            jdbc.sql(ChunkReader.FIRST_BATCH)
                .param("run", id)
                .param("from", from)
                .query((row, i) -> Chunk.of(row))
                .list());
  }

  /** Its log ends where the process before had come to, although the run has not. */
  private record ThatIsAll(LogSource rows) implements LogSource {
    @Override
    public List<Slot> from(long sequence, int most) throws IOException {
      return rows.from(sequence, most);
    }

    @Override
    public boolean hasEndedBefore(long sequence) throws IOException {
      return rows.from(sequence, 1).isEmpty();
    }
  }

  @Override
  public RunRecord record() {
    return row.summary().record();
  }

  @Override
  public Counts counts() {
    return row.summary().counts();
  }

  @Override
  public Optional<Instant> ended() {
    return Optional.empty();
  }

  @Override
  public Optional<Caller> cancelledBy() {
    return row.cancelledBy();
  }
}
