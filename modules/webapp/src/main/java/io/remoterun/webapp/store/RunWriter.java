package io.remoterun.webapp.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.log.RunEventStream;
import io.remoterun.protocol.run.Counts;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes what all runs of this webapp have appended: one thread, one transaction for all that has
 * come in a moment. While the database is away it tries again and again; what has come meanwhile
 * waits in the runs' windows. Thread-safe.
 */
final class RunWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");
  private static final long NANOS_UNTIL_NEXT_TRY = 1_000_000_000;

  private static final String STANDING =
      """
      update run set waiting = ?, running = ?, succeeded = ?, agent_errors = ?, failed = ?, stopped = ?,
        unconfirmed = ?, ended = ?, last_sequence = coalesce(cast(? as bigint), last_sequence),
        stored_bytes = coalesce(cast(? as bigint), stored_bytes)
      where id = ? and owned_by = ? and ended is null
      """;

  private static final String NODE =
      "update run_node set state = ?, last_event = ?, began = ?, ended = ? where run_id = ? and"
          + " node = ?";
  private static final String DELETE =
      "delete from run_chunk where run_id = ? and batch = ? and node = ?";
  private static final String INSERT =
      "insert into run_chunk (run_id, batch, node, lines) values (?, ?, ?, ?)";

  private final Database database;
  private final JdbcTemplate batches;
  private final UUID owner;
  private final long gatherNanos;
  private final Consumer<OpenRun> over;
  private final Runnable stuck;
  private final Set<OpenRun> behind = ConcurrentHashMap.newKeySet();
  private final Object writing = new Object();
  private final Thread thread;
  private volatile boolean isClosing;
  private volatile boolean isAway;

  /**
   * @param owner only its runs are written
   * @param gather for how long events come together
   * @param over is told of a run when it is written to its end, or another webapp has it now
   * @param stuck is called when the database does not answer
   */
  RunWriter(
      Database database, UUID owner, Duration gather, Consumer<OpenRun> over, Runnable stuck) {
    this.database = database;
    this.batches = new JdbcTemplate(database.source());
    this.owner = owner;
    this.gatherNanos = gather.toNanos();
    this.over = over;
    this.stuck = stuck;
    this.thread = Thread.ofVirtual().name("run-writer").start(this::run);
  }

  /** Something of it is to be written. Returns at once. */
  void isBehind(OpenRun run) {
    if (behind.add(run)) {
      LockSupport.unpark(thread);
    }
  }

  /** From the moment that this returns nothing more of it is written. Blocks while it is. */
  void letGo(OpenRun run) {
    synchronized (writing) {
      run.abandon();
    }
  }

  /** Of how many runs there is something that is not written yet. */
  int backlog() {
    return behind.size();
  }

  /** Whether the database took what was written last. */
  boolean isUsable() {
    return !isAway;
  }

  private void run() {
    while (!isClosing) {
      if (behind.isEmpty()) {
        LockSupport.park(this);
      } else {
        long from = System.nanoTime();
        synchronized (writing) {
          writeAll();
        }
        rest(from + gatherNanos - System.nanoTime());
      }
    }
    writeAll();
  }

  private void rest(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !isClosing; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  private void writeAll() {
    Set<OpenRun> runs = new HashSet<>(behind);
    behind.removeAll(runs);
    while (!runs.isEmpty()) {
      List<OpenRun.Batch> some = new ArrayList<>();
      runs.forEach(run -> run.next().ifPresent(some::add));
      if (!some.isEmpty()) {
        write(some);
      }
      runs = new HashSet<>();
      for (OpenRun.Batch batch : some) {
        if (batch.ended().isEmpty()) {
          runs.add(batch.run());
        }
      }
    }
  }

  private void write(List<OpenRun.Batch> some) {
    while (true) {
      try {
        Set<OpenRun> lost = database.now(jdbc -> writeNow(some));
        isThereAgain();
        some.forEach(batch -> stored(batch, lost.contains(batch.run())));
        return;
      } catch (StoreUnavailable e) {
        isAway(e);
        if (isClosing) {
          LOG.error("Of {} runs the last events are not in the database", some.size());
          return;
        }
        rest(NANOS_UNTIL_NEXT_TRY);
      } catch (RuntimeException e) {
        if (some.size() == 1) {
          LOG.error("run {} cannot be written", some.getFirst().id(), e);
          some.getFirst().run().abandon();
          over.accept(some.getFirst().run());
        } else {
          some.forEach(batch -> write(List.of(batch)));
        }
        return;
      }
    }
  }

  private void isAway(StoreUnavailable e) {
    if (!isAway) {
      isAway = true;
      LOG.error("{}; runs go on, and are written when it does", e.getMessage());
      stuck.run();
    }
  }

  private void isThereAgain() {
    if (isAway) {
      isAway = false;
      LOG.warn("the database answers again");
    }
  }

  private void stored(OpenRun.Batch batch, boolean isLost) {
    if (isLost) {
      LOG.warn("run {} is written by another webapp now, or was deleted", batch.id());
      batch.run().abandon();
      over.accept(batch.run());
    } else {
      batch.run().stored(batch);
      if (batch.ended().isPresent()) {
        over.accept(batch.run());
      }
    }
  }

  /** The runs that are not this webapp's any more: of them nothing is written. */
  private Set<OpenRun> writeNow(List<OpenRun.Batch> some) {
    Set<OpenRun> lost = new HashSet<>();
    int[] written = batches.batchUpdate(STANDING, some.stream().map(this::standing).toList());
    List<Object[]> deleted = new ArrayList<>();
    List<Object[]> inserted = new ArrayList<>();
    List<@Nullable Object[]> nodes = new ArrayList<>();
    for (int i = 0; i < written.length; i++) {
      OpenRun.Batch batch = some.get(i);
      if (written[i] == 0) {
        lost.add(batch.run());
      } else {
        UUID id = batch.id().value();
        batch.chunks().ifPresent(chunks -> add(id, chunks, deleted, inserted));
        batch.nodes().forEach((node, event) -> nodes.add(node(batch, node, event)));
      }
    }
    update(DELETE, deleted);
    update(INSERT, inserted);
    update(NODE, nodes);
    return lost;
  }

  private void update(String sql, List<? extends @Nullable Object[]> rows) {
    if (!rows.isEmpty()) {
      batches.batchUpdate(sql, new ArrayList<>(rows));
    }
  }

  private static void add(
      UUID id, ChunkShares.Changes chunks, List<Object[]> deleted, List<Object[]> inserted) {
    chunks.deleted().forEach(key -> deleted.add(new Object[] {id, key.batch(), key.node()}));
    chunks
        .inserted()
        .forEach((key, lines) -> inserted.add(new Object[] {id, key.batch(), key.node(), lines}));
  }

  private @Nullable Object[] standing(OpenRun.Batch batch) {
    Counts counts = batch.counts();
    Optional<ChunkShares.Changes> chunks = batch.chunks();
    return new @Nullable Object[] {
      counts.waiting(),
      counts.running(),
      counts.succeeded(),
      counts.agentErrors(),
      counts.failed(),
      counts.stopped(),
      counts.unconfirmed(),
      batch.ended().map(RunRows::time).orElse(null),
      chunks.map(ChunkShares.Changes::last).orElse(null),
      chunks.map(ChunkShares.Changes::storedBytes).orElse(null),
      batch.id().value(),
      owner
    };
  }

  private static @Nullable Object[] node(OpenRun.Batch batch, NodeId node, RunEvent event) {
    boolean isMark = event.isTerminal() || event instanceof RunEvent.Started;
    return new @Nullable Object[] {
      Tally.State.of(event).name(),
      isMark ? new String(RunEventStream.encode(event), UTF_8) : null,
      batch.began(node).map(RunRows::time).orElse(null),
      batch.ended(node, event).map(RunRows::time).orElse(null),
      batch.id().value(),
      node.value()
    };
  }

  /** Writes what is there, and waits for it. */
  @Override
  public void close() {
    isClosing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
