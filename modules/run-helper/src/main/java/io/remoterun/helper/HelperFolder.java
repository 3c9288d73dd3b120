package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the helper keeps: locks, the ids of the runs that were, the audit log; all mode 600. */
record HelperFolder(Path folder) {
  /** The ids that are kept; the node can always make new ones, so more would be of no use. */
  private static final int MOST_SEEN = 4096;

  /**
   * One of so many places of that name, if any is free. It is held until the channel is closed or
   * this process has ended.
   */
  Optional<FileChannel> place(String name, int most) throws IOException {
    for (int number = 1; number <= most; number++) {
      FileChannel place = open(folder.resolve("lock." + name + "." + number), CREATE, WRITE);
      if (place.tryLock() != null) {
        return Optional.of(place);
      }
      place.close();
    }
    return Optional.empty();
  }

  /** For as long as one needs to look at the ids and to write one: others wait for it. */
  FileChannel lockSeen() throws IOException {
    FileChannel lock = open(folder.resolve("lock.seen"), CREATE, WRITE);
    lock.lock();
    return lock;
  }

  List<String> seen() throws IOException {
    Path seen = folder.resolve("seen-runs");
    return Files.exists(seen) ? Files.readAllLines(seen, US_ASCII) : List.of();
  }

  /** When this returns, the id is on the disk. Under {@link #lockSeen} only. */
  void see(List<String> before, UUID run) throws IOException {
    int forgotten = Math.max(0, before.size() + 1 - MOST_SEEN);
    List<String> seen = new ArrayList<>(before.subList(forgotten, before.size()));
    seen.add(run.toString());
    Path unfinished = folder.resolve("seen-runs.tmp");
    write(unfinished, String.join("\n", seen) + "\n", CREATE, WRITE, TRUNCATE_EXISTING);
    Files.move(unfinished, folder.resolve("seen-runs"), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel itself = FileChannel.open(folder)) {
      itself.force(true);
    }
  }

  /** When this returns, the line is on the disk. It is ASCII, whatever was asked. */
  void audit(String line) throws IOException {
    String whole = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line;
    write(
        folder.resolve("audit.log"), whole.replaceAll("[^ -~]", "?") + "\n", CREATE, WRITE, APPEND);
  }

  private static void write(Path file, String text, OpenOption... options) throws IOException {
    try (FileChannel channel = open(file, options)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + e, e);
    }
  }

  private static FileChannel open(Path file, OpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(
        file,
        all,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }
}
