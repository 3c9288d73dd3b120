package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Printable;
import io.remoterun.protocol.run.RunId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ids of the runs that were here, also in earlier processes: the last {@value #MOST}, in a file
 * with one a line, the oldest first, mode 600. It is appended to, and written anew, whole or not at
 * all, when it is twice as long as it has to be or cannot be appended to. Thread-safe.
 */
public final class SeenRuns {
  static final int MOST = 4096;

  private static final Logger logger = LoggerFactory.getLogger(SeenRuns.class);

  private final Path file;
  private final int most;
  private final Set<RunId> ids = ConcurrentHashMap.newKeySet();
  private final Deque<RunId> oldestFirst = new ArrayDeque<>();
  private final Set<Thread> writing = ConcurrentHashMap.newKeySet();
  private int lines;

  /**
   * Reads the file, if there is one, and writes it, so that one that is not writable is noticed.
   */
  public SeenRuns(Path file) throws IOException {
    this(file, MOST);
  }

  SeenRuns(Path file, int most) throws IOException {
    this.file = file.toAbsolutePath();
    this.most = most;
    Files.createDirectories(folder(), mode("rwx------"));
    if (Files.exists(file)) {
      try (Stream<String> all = Files.lines(file, ISO_8859_1)) {
        all.forEach(this::read);
      }
    }
    writeAll();
  }

  /** Does not block. */
  boolean contains(RunId id) {
    return ids.contains(id);
  }

  /**
   * When this returns, the id is on the disk. Blocks.
   *
   * @throws IOException when it is not known to be there
   */
  synchronized void add(RunId id) throws IOException {
    if (!ids.add(id)) {
      return;
    }
    oldestFirst.add(id);
    try {
      if (lines >= 2 * most || !append(id)) {
        writeAll();
      }
    } catch (IOException | RuntimeException | Error e) {
      forget(id);
      throw e;
    }
    // Only now: one that is not written down must not push out one that is.
    forgetOldest();
  }

  /**
   * Does so on another thread, and returns at once.
   *
   * @return done, always well, on that thread: why the id is not known to be on the disk, if so
   */
  CompletableFuture<Optional<String>> addSoon(RunId id) {
    CompletableFuture<Optional<String>> problem = new CompletableFuture<>();
    soon("writes down " + id, () -> add(id, problem));
    return problem;
  }

  /**
   * On another thread, too: the id may begin a run after all. Where that cannot be written down, it
   * may not any more after a restart.
   */
  void takeBackSoon(RunId id) {
    soon("takes back " + id, () -> takeBack(id));
  }

  private synchronized void takeBack(RunId id) {
    forget(id);
    try {
      writeAll();
    } catch (IOException e) {
      logger.warn("{} cannot be written: {}", file, Printable.of(e.toString()));
    }
  }

  /** The file is to be written anew. */
  private void forget(RunId id) {
    ids.remove(id);
    oldestFirst.remove(id);
    lines = 2 * most;
  }

  private void soon(String name, Runnable task) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    task.run();
                  } finally {
                    writing.remove(Thread.currentThread());
                  }
                });
    writing.add(thread);
    thread.start();
  }

  private void add(RunId id, CompletableFuture<Optional<String>> problem) {
    try {
      add(id);
      problem.complete(Optional.empty());
    } catch (IOException | RuntimeException | Error e) {
      problem.complete(Optional.of(Printable.of(e.toString())));
    }
  }

  /**
   * Blocks until all that was to be written soon is on the disk, or this thread is interrupted.
   *
   * @param each how long one may take
   */
  void await(Duration each) {
    try {
      for (Thread write : writing) {
        write.join(each);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A line that is broken off is that of a run that was not begun. */
  private void read(String line) {
    try {
      RunId id = RunId.parse(line);
      if (ids.add(id)) {
        oldestFirst.add(id);
        forgetOldest();
      }
    } catch (BadRequest e) {
      // It is not written again.
    }
  }

  private void forgetOldest() {
    if (oldestFirst.size() > most) {
      ids.remove(oldestFirst.remove());
    }
  }

  private boolean append(RunId id) {
    try {
      write(file, id + "\n", StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      lines++;
      return true;
    } catch (IOException e) {
      // Half a line may be there, or somebody has removed the file: all is written anew.
      return false;
    }
  }

  private void writeAll() throws IOException {
    Path unfinished = folder().resolve(file.getFileName() + ".tmp");
    String all = oldestFirst.stream().map(id -> id + "\n").collect(Collectors.joining());
    Files.deleteIfExists(unfinished);
    write(unfinished, all, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(folder(), StandardOpenOption.READ)) {
      folder.force(true);
    }
    lines = oldestFirst.size();
  }

  private static void write(Path file, String text, OpenOption... options) throws IOException {
    try (FileChannel channel = FileChannel.open(file, Set.of(options), mode("rw-------"))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }

  private Path folder() {
    Path folder = file.getParent();
    return folder == null ? file : folder;
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
