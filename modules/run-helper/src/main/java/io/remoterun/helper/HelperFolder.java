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
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the helper keeps: locks, the ids of the runs that were, the audit log; all mode 600.
 *
 * @param about whom the lines of the audit log are about, and, when it is known, what he asks for
 */
record HelperFolder(Path folder, String about) {
  /** The ids that are kept; the node can always make new ones, so more would be of no use. */
  private static final int MOST_SEEN = 4096;

  HelperFolder of(HelperRequest request) {
    return new HelperFolder(folder, about + " " + request);
  }

  /**
   * One of so many places of that name. It is held until the channel is closed or this process has
   * ended.
   */
  FileChannel place(String name, int most) throws IOException, Refusal {
    for (int number = 1; number <= most; number++) {
      FileChannel place = open("lock." + name + "." + number, APPEND);
      if (place.tryLock() != null) {
        return place;
      }
      place.close();
    }
    throw new Refusal(
        'B', "as many runs of " + name + " as may be at once, " + most + ", have not ended");
  }

  /** When this returns, the id was not here before, and is on the disk. */
  void see(String run) throws IOException, Refusal {
    try (FileChannel lock = open("lock.seen", APPEND)) {
      lock.lock();
      Path file = folder.resolve("seen-runs");
      List<String> seen = Files.exists(file) ? Files.readAllLines(file, US_ASCII) : List.of();
      if (seen.contains(run)) {
        throw new Refusal("run " + run + " was here before");
      }
      Stream<String> kept = seen.stream().skip(Math.max(0, seen.size() + 1 - MOST_SEEN));
      String all = Stream.concat(kept, Stream.of(run)).collect(Collectors.joining("\n"));
      write("seen-runs.tmp", all, TRUNCATE_EXISTING);
      Files.move(folder.resolve("seen-runs.tmp"), file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel itself = FileChannel.open(folder)) {
        itself.force(true);
      }
    }
  }

  /** When this returns, the line is on the disk. It is ASCII, whatever was asked. */
  void audit(String decision) throws IOException {
    String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + about + " " + decision;
    write("audit.log", line.replaceAll("[^ -~]", "?"), APPEND);
  }

  /** The same for what has happened: it has, also when it cannot be written. */
  void note(String event) {
    try {
      audit(event);
    } catch (IOException e) {
      System.err.println("run-helper: " + event + ", and " + e.getMessage());
    }
  }

  private void write(String name, String text, StandardOpenOption how) throws IOException {
    try (FileChannel file = open(name, how)) {
      ByteBuffer bytes = US_ASCII.encode(text + "\n");
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    } catch (IOException e) {
      throw new IOException("cannot write " + folder.resolve(name) + ": " + e, e);
    }
  }

  private FileChannel open(String name, StandardOpenOption how) throws IOException {
    return FileChannel.open(
        folder.resolve(name),
        Set.of(WRITE, CREATE, how, LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }
}
