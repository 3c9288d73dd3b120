package io.remoterun.protocol.log;

import io.remoterun.protocol.run.RunEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A log in memory first, then in files: what is appended is in a window in memory, from which it is
 * written to the files of the run's folder as soon as the disk takes it. Readers that keep up read
 * the window, others the files; none of them notices where it reads.
 *
 * <p>The files are lines of {@link RunEventStream} with numbers and places. The first half of the
 * bound keeps how the run began; when there is more than the bound, the output of the oldest other
 * file is dropped. Appending never waits for the disk, and what the window cannot keep meanwhile is
 * dropped; {@link #record} holds its source back before that.
 *
 * <p>Lines are given to the system as they come, so that a process that is killed loses only what
 * was appended in its last milliseconds. A power cut may lose what the system had not written to
 * the disk, often the last half minute of a log that is open; closing waits for the disk.
 *
 * <p>When a file cannot be written, this is logged and the log goes on in memory only.
 *
 * <p>Thread-safe. Nothing here blocks but {@link #open}: files are read and written, and readers
 * run, on virtual threads.
 */
public final class FileRunLog implements RunLog {
  private static final Logger LOG = LoggerFactory.getLogger(FileRunLog.class);
  private static final int MOST_AT_ONCE = 512;

  /** Numbers, in bits, that are left out for what readers had seen, and what was then lost. */
  private static final int NUMBERS_LOST = 32;

  private static final Scheduler THREADS =
      Schedulers.fromExecutor(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("run-log").factory()));

  private final Path folder;
  private final Limits limits;
  private final MemoryRunLog window;
  private final LogFiles files;
  private final List<RunEvent> marks;
  private final Readers readers = new Readers();
  private final Serial writer = new Serial(THREADS, this::write);
  private final AtomicLong appendedBytes = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();
  private final AtomicBoolean lossIsLogged = new AtomicBoolean();
  private final Sinks.Empty<Void> written = Sinks.empty();
  private final Sinks.Empty<Void> deleted = Sinks.empty();
  private volatile boolean isOver;
  private volatile boolean isComplete;
  private volatile boolean discarded;
  private volatile @Nullable HeldSource source;

  // Only touched by the writer.
  private final Seen seen;
  private long next;

  /**
   * @param memory of the window; what is recorded is held back when a quarter of it waits for the
   *     disk, so that nothing is lost if no event is larger than half of it
   * @param disk of the files; a bound of one node is for its output, and is kept to about a quarter
   */
  public record Limits(LogBounds memory, LogBounds disk) {

    /** A window of 4 MiB, and nothing to share. */
    public static Limits of(long disk) {
      return new Limits(LogBounds.of(4 << 20), LogBounds.of(disk));
    }
  }

  /**
   * An empty log. Touches no file before something is appended.
   *
   * @param folder is made if it is not there, for its owner only; must have no log in it
   */
  public FileRunLog(Path folder, Limits limits) {
    this(folder, limits, LogRecovery.Found.nothing(), 0);
  }

  /**
   * @param last the number before the first that is appended
   */
  private FileRunLog(Path folder, Limits limits, LogRecovery.Found found, long last) {
    this.folder = folder;
    this.limits = limits;
    this.files = new LogFiles(folder, limits.disk(), found);
    this.marks = found.marks();
    this.seen = found.seen();
    this.next = last + 1;
    this.window = MemoryRunLog.window(limits.memory(), THREADS, last, seen.copy());
    if (found.isClosed()) {
      isOver = true;
      isComplete = true;
      window.close();
      written.tryEmitEmpty();
    }
  }

  /**
   * The log that is in a folder, however its writer ended. If it was not closed, it can be appended
   * to; the numbers of what is appended are higher than any that a reader may have seen. Blocks.
   *
   * @throws IOException when the folder cannot be read
   */
  public static FileRunLog open(Path folder, Limits limits) throws IOException {
    LogRecovery.Found found = LogRecovery.in(folder);
    long last = found.parts().isEmpty() ? 0 : found.parts().getLast().last();
    return new FileRunLog(folder, limits, found, ((last >> NUMBERS_LOST) + 1) << NUMBERS_LOST);
  }

  /** Of a log that was opened, what was in it then, but for output and gaps. */
  public List<RunEvent> marks() {
    return List.copyOf(marks);
  }

  /** Whether nothing more comes; of a log that was opened, whether it had been closed. */
  public boolean isClosed() {
    return window.isClosed();
  }

  /** Completes when the log is closed and all of it is on the disk, or never will be. */
  public Mono<Void> written() {
    return written.asMono();
  }

  @Override
  public void append(RunEvent event) {
    appendedBytes.addAndGet(KeptOutput.costOf(event));
    window.append(event);
    readers.wake();
    writer.wake();
  }

  @Override
  public void close() {
    window.close();
    readers.wake();
    writer.wake();
  }

  @Override
  public Mono<Void> discard() {
    discarded = true;
    window.discard();
    readers.wake();
    writer.wake();
    return deleted.asMono();
  }

  /** Holds the source back while the disk is slower, but for no reader. */
  @Override
  public Disposable record(Flux<RunEvent> events) {
    HeldSource held = new HeldSource(this, this::isBehind, THREADS);
    source = held;
    events.subscribe(held);
    return held;
  }

  private boolean isBehind() {
    return !isOver && appendedBytes.get() - writtenBytes.get() > limits.memory().run() / 4;
  }

  @Override
  public Flux<Entry> read(long sequence) {
    return readers.read(Source::new, THREADS, sequence);
  }

  @Override
  public boolean isRead() {
    return readers.size() > 0;
  }

  private final class Source implements LogSource {
    private final LogPartReader reader = new LogPartReader(files::parts);
    private boolean isLost;

    @Override
    public List<Slot> from(long sequence, int most) throws IOException {
      Optional<List<Slot>> kept = window.fromUnlessReleased(sequence, most);
      if (kept.isPresent()) {
        return kept.get();
      }
      List<Slot> slots = isLost ? List.of() : fromFiles(sequence, most);
      return slots.isEmpty() ? window.from(sequence, most) : slots;
    }

    private List<Slot> fromFiles(long sequence, int most) throws IOException {
      try {
        return reader.from(sequence, most);
      } catch (IOException e) {
        if (isComplete) {
          throw e;
        }
        isLost = true;
        if (!lossIsLogged.getAndSet(true)) {
          LOG.error("The log of a run in {} is lost: only what is in memory is read", folder, e);
        }
        return List.of();
      }
    }

    @Override
    public boolean hasEndedBefore(long sequence) throws IOException {
      return window.hasEndedBefore(sequence) && (isLost || sequence > files.last());
    }
  }

  private void write() {
    try {
      while (!isOver && !discarded && writeSome()) {
        goOn();
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("The log of a run cannot be written to {}: it is in memory only", folder, e);
      giveUp();
    }
    goOn();
    if (discarded) {
      delete();
    }
  }

  private void giveUp() {
    end();
    try {
      files.closeCurrent();
    } catch (IOException e) {
      LOG.debug("Nor can it be closed", e);
    }
  }

  private void goOn() {
    HeldSource held = source;
    if (held != null) {
      held.goOn();
    }
  }

  /** Whether there may be more. */
  private boolean writeSome() throws IOException {
    long appended = appendedBytes.get();
    boolean isClosed = window.isClosed();
    List<Slot> slots = window.from(next, MOST_AT_ONCE);
    if (slots.isEmpty()) {
      writtenBytes.set(appended);
      if (isClosed && !discarded) {
        files.end();
        isComplete = true;
        window.release();
        end();
      }
      return false;
    }
    files.write(unseen(slots));
    next = slots.getLast().sequence() + 1;
    window.writtenTo(next - 1);
    slots.forEach(slot -> writtenBytes.addAndGet(KeptOutput.costOf(slot.event())));
    return true;
  }

  /** A gap in the window may cover what is written. */
  private List<Slot> unseen(List<Slot> slots) {
    List<Slot> unseen = new ArrayList<>();
    for (Slot slot : slots) {
      long before = seen.of(slot.event().node());
      @Nullable RunEvent event = seen.unseen(slot.event());
      if (event != null) {
        unseen.add(new Slot(slot.sequence(), event, before));
      }
    }
    return unseen;
  }

  private void end() {
    isOver = true;
    written.tryEmitEmpty();
  }

  private void delete() {
    end();
    try {
      files.delete();
    } catch (IOException e) {
      LOG.warn("The log of a run in {} cannot be deleted: {}", folder, e.toString());
    }
    deleted.tryEmitEmpty();
  }
}
