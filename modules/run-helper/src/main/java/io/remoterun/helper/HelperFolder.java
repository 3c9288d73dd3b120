package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What the helper keeps: locks, the ids of the runs that were, the audit log. The umask keeps
 * others from reading them.
 *
 * @param about whom the lines of the audit log are about, and, when it is known, what he asks for
 */
record HelperFolder(Path folder, String about) {
  /**
   * Of each of the two files of ids: some 7,000. The node can always make new ones, so more would
   * be of no use.
   */
  private static final int MOST_BYTES = 256 * 1024;

  HelperFolder of(HelperRequest request) {
    return new HelperFolder(folder, about + " " + request);
  }

  /**
   * One of so many places of that name. It is held until the channel is closed or this process has
   * ended.
   */
  FileChannel place(String name, int most) throws IOException {
    for (int number = 1; number <= most; number++) {
      FileChannel place = open("lock." + name + "." + number);
      if (place.tryLock() != null) {
        return place;
      }
      place.close();
    }
    throw new Refusal(
        'B', "as many runs of " + name + " as may be at once, " + most + ", have not ended");
  }

  /** When this returns, the id was not here before, and is on the disk. */
  void see(String run) throws IOException {
    Path newer = folder.resolve("seen-runs");
    Path older = folder.resolve("seen-runs.1");
    try (FileChannel lock = open("lock.seen")) {
      lock.lock();
      for (Path seen : List.of(newer, older)) {
        if (Files.exists(seen) && Files.readString(seen, ISO_8859_1).contains(run)) {
          throw new Refusal("run " + run + " was here before");
        }
      }
      if (Files.exists(newer) && Files.size(newer) > MOST_BYTES) {
        Files.move(newer, older, StandardCopyOption.ATOMIC_MOVE);
      }
      append("seen-runs", run);
    }
  }

  /** When this returns, the line is on the disk. It is ASCII, whatever was asked. */
  void audit(String decision) throws IOException {
    String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + about + " " + decision;
    append("audit.log", line.replaceAll("[^ -~]", "?"));
  }

  /** The same for what has happened: it has, also when it cannot be written. */
  void note(String event) {
    try {
      audit(event);
    } catch (IOException e) {
      System.err.println("run-helper: " + event + ", and " + e.getMessage());
    }
  }

  private void append(String name, String line) throws IOException {
    ByteBuffer bytes = US_ASCII.encode(line + "\n");
    try (FileChannel file = open(name);
        FileChannel itself = FileChannel.open(folder)) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      itself.force(true);
    } catch (IOException e) {
      throw new IOException("cannot write " + folder.resolve(name) + ": " + e, e);
    }
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(folder.resolve(name), CREATE, APPEND, SYNC, NOFOLLOW_LINKS);
  }
}
