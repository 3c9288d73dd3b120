package io.remoterun.webapp.store;

import io.remoterun.protocol.log.LogSource;
import io.remoterun.protocol.log.Slot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One reader of the rows of a run's log, batch by batch. Blocks; not thread-safe. */
final class ChunkReader implements LogSource {
  /** The rows of the first batch that ends at a number or after it. */
  static final String FIRST_BATCH =
      """
      select batch, node, lines from run_chunk where run_id = :run and batch =
        (select min(batch) from run_chunk where run_id = :run and batch >= :from)
      """;

  private final Database database;
  private final UUID run;

  /** What was read of a batch and not yet asked for. */
  private List<Slot> read = List.of();

  private record Row(long batch, List<Slot> slots) {}

  ChunkReader(Database database, UUID run) {
    this.database = database;
    this.run = run;
  }

  @Override
  public List<Slot> from(long sequence, int most) throws IOException {
    read = after(read, sequence);
    long next = sequence;
    while (read.isEmpty()) {
      List<Row> batch = batch(next);
      if (batch.isEmpty()) {
        return List.of();
      }
      read = after(slots(batch), sequence);
      next = batch.getFirst().batch() + 1;
    }
    return read.subList(0, Math.min(most, read.size()));
  }

  private static List<Slot> after(List<Slot> slots, long sequence) {
    int first = 0;
    while (first < slots.size() && slots.get(first).sequence() < sequence) {
      first++;
    }
    return slots.subList(first, slots.size());
  }

  private static List<Slot> slots(List<Row> batch) {
    List<Slot> slots = new ArrayList<>();
    batch.forEach(row -> slots.addAll(row.slots()));
    slots.sort(Comparator.comparingLong(Slot::sequence));
    return slots;
  }

  private List<Row> batch(long from) throws IOException {
    try {
      return database.now(
          jdbc ->
              jdbc.sql(FIRST_BATCH)
                  .param("run", run)
                  .param("from", from)
                  .query(
                      (row, i) ->
                          new Row(row.getLong("batch"), Slot.ofLines(row.getBytes("lines"))))
                  .list());
    } catch (StoreUnavailable e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether it has ended is read first: what was written before that is then seen. */
  @Override
  public boolean hasEndedBefore(long sequence) throws IOException {
    Optional<Boolean> isEnded;
    try {
      isEnded =
          database.now(
              jdbc ->
                  jdbc.sql("select ended is not null from run where id = ?")
                      .param(run)
                      .query(Boolean.class)
                      .optional());
    } catch (StoreUnavailable e) {
      throw new IOException(e.getMessage(), e);
    }
    if (isEnded.isEmpty()) {
      throw new IOException("the run " + run + " was deleted");
    }
    return isEnded.get() && from(sequence, 1).isEmpty();
  }
}
