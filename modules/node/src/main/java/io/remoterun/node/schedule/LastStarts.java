package io.remoterun.node.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * When each section was started last, in a file that outlives this process: lines of a name and a
 * time. Without it the schedule goes on all the same, so what is wrong with it is only logged.
 * Blocks. Thread-safe.
 */
final class LastStarts {
  private final Path file;
  private final Logger logger;
  private final Map<String, Instant> starts = new TreeMap<>();

  private boolean isBroken;

  LastStarts(Path file, Logger logger) {
    this.file = file.toAbsolutePath();
    this.logger = logger;
    try {
      Files.readString(file, UTF_8).lines().limit(10_000).forEach(this::read);
    } catch (NoSuchFileException e) {
      // The first time.
    } catch (IOException e) {
      logger.warn("cannot read when the schedule was here last: {}", Printable.of(e.toString()));
    }
  }

  synchronized Optional<Instant> of(String section) {
    return Optional.ofNullable(starts.get(section));
  }

  /** On the disk when this returns, if it can be. */
  synchronized void started(String section, Instant now) {
    starts.put(section, now);
    save(section);
  }

  /** Nothing came of the start at that time: the one before it is the last one. */
  synchronized void takeBack(String section, Instant start, Optional<Instant> before) {
    if (start.equals(starts.get(section))) {
      before.ifPresentOrElse(it -> starts.put(section, it), () -> starts.remove(section));
      save(section);
    }
  }

  private void save(String section) {
    try {
      write();
      isBroken = false;
    } catch (IOException e) {
      if (!isBroken) {
        String words = Printable.of(e.toString());
        logger.warn("a restart may start section {} again: cannot write {}", section, words);
      }
      isBroken = true;
    }
  }

  private void write() throws IOException {
    Path unfinished = Path.of(file + ".tmp");
    String all =
        starts.entrySet().stream()
            .map(start -> start.getKey() + " " + start.getValue() + "\n")
            .collect(Collectors.joining());
    Files.writeString(unfinished, all, UTF_8);
    force(unfinished, WRITE);
    Files.move(unfinished, file, ATOMIC_MOVE);
    force(Objects.requireNonNull(file.getParent(), "it is an absolute path"), READ);
  }

  private static void force(Path path, OpenOption way) throws IOException {
    try (FileChannel channel = FileChannel.open(path, way)) {
      channel.force(true);
    }
  }

  private void read(String line) {
    int space = line.indexOf(' ');
    try {
      starts.put(line.substring(0, Math.max(space, 0)), Instant.parse(line.substring(space + 1)));
    } catch (DateTimeException e) {
      // Half a line: as if it had not been started.
    }
  }
}
