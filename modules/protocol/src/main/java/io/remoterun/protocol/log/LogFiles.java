package io.remoterun.protocol.log;

import io.remoterun.protocol.log.LogPart.Kind;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log in its folder. The first half of the bound is for the head. When a node has
 * more than it may, its output is taken out of the oldest of the others; when there is more than
 * the bound, the oldest of them becomes part of the middle. Blocks; one thread writes at a time,
 * and any may ask for the parts.
 */
final class LogFiles {
  static final String UNFINISHED = "middle.tmp";
  static final byte[] CLOSED = "{\"event\":\"closed\"}\n".getBytes(StandardCharsets.US_ASCII);
  private static final long MOST_BYTES_OF_PART = 8 << 20;
  private static final long LEAST_BYTES_OF_PART = 256;
  private static final int BATCH = 256 << 10;

  private final Path folder;
  private final long mostBytes;
  private final long bytesOfPart;
  private final LogBudget budget;
  private final DiskShares shares;

  /** In the order of their events; the last is the one that is written. */
  private volatile List<LogPart> parts;

  private @Nullable FileChannel current;
  private long bytes;

  LogFiles(Path folder, LogBounds bounds, LogRecovery.Found found) {
    this.folder = folder;
    this.mostBytes = bounds.run();
    this.bytesOfPart =
        Math.clamp(
            Math.min(bounds.run() / 16, bounds.node() / 4),
            LEAST_BYTES_OF_PART,
            MOST_BYTES_OF_PART);
    this.budget = bounds.budget();
    this.shares = new DiskShares(bounds.node(), found.outputs());
    this.parts = List.copyOf(found.parts());
    count(parts.stream().mapToLong(LogPart::bytes).sum());
  }

  List<LogPart> parts() {
    return parts;
  }

  /** The highest number that is written; 0 if there is none. */
  long last() {
    List<LogPart> now = parts;
    return now.isEmpty() ? 0 : now.getLast().last();
  }

  /** The slots in their order, all after those that are written. */
  void write(List<Slot> slots) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (Slot slot : slots) {
      if (current == null || parts.getLast().bytes() + lines.size() >= bytesOfPart) {
        flush(lines, slot.sequence() - 1);
        begin(slot.sequence());
      }
      lines.writeBytes(RunEventStream.encode(slot));
      if (slot.event() instanceof RunEvent.Output output) {
        shares.add(output.node(), output.bytes().size());
      }
      if (lines.size() >= BATCH) {
        flush(lines, slot.sequence());
      }
    }
    if (!slots.isEmpty()) {
      flush(lines, slots.getLast().sequence());
    }
  }

  private void flush(ByteArrayOutputStream lines, long last) throws IOException {
    if (lines.size() > 0 && current != null) {
      write(current, lines.toByteArray());
      LogPart part = parts.getLast();
      replaceLast(new LogPart(part.kind(), part.file(), last, part.bytes() + lines.size()));
      count(lines.size());
      lines.reset();
    }
  }

  private static void write(FileChannel channel, byte[] lines) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(lines);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private void begin(long first) throws IOException {
    closeCurrent();
    if (parts.isEmpty()) {
      createFolder();
    }
    makeRoom();
    Kind kind = isHead() ? Kind.HEAD : Kind.TAIL;
    LogPart part = new LogPart(kind, LogPart.file(folder, kind, first), first - 1, 0);
    current = create(part.file());
    List<LogPart> more = new ArrayList<>(parts);
    more.add(part);
    parts = List.copyOf(more);
  }

  private void createFolder() throws IOException {
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwx------");
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(own));
    Files.setPosixFilePermissions(folder, own);
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private boolean isHead() {
    return parts.stream().allMatch(part -> part.kind() == Kind.HEAD)
        && bytes + bytesOfPart <= mostBytes / 2
        && !shares.fillHead()
        && !budget.isExceeded();
  }

  /** For one more part, as far as there is something that may be dropped. */
  private void makeRoom() throws IOException {
    while (true) {
      Set<NodeId> tooMuch = shares.tooMuch();
      Optional<LogPart> tail = oldest(Kind.TAIL);
      Optional<LogPart> oldest = oldest(Kind.THIN).or(() -> tail);
      if (!tooMuch.isEmpty() && tail.isPresent()) {
        thin(tail.get(), tooMuch);
      } else if (isFull() && oldest.isPresent()) {
        compact(oldest.get());
      } else {
        return;
      }
    }
  }

  private boolean isFull() {
    return bytes + bytesOfPart > mostBytes || budget.isExceeded();
  }

  private Optional<LogPart> oldest(Kind kind) {
    return parts.stream().filter(part -> part.kind() == kind).findFirst();
  }

  /** The same, but for the output of some nodes; the numbers of its events stay. */
  private void thin(LogPart tail, Set<NodeId> nodes) throws IOException {
    LogThin thin = LogThin.of(tail, nodes);
    drop(thin.dropped());
    byte[] lines = thin.lines();
    Path file = tail.thinFile();
    replaceOnDisk(file, lines);
    replace(Optional.empty(), tail, new LogPart(Kind.THIN, file, tail.last(), lines.length));
  }

  private void drop(Map<NodeId, Long> dropped) {
    shares.drop(dropped);
    dropped.values().forEach(budget::hasDropped);
  }

  private void replaceOnDisk(Path file, byte[] lines) throws IOException {
    Path unfinished = folder.resolve(UNFINISHED);
    Files.deleteIfExists(unfinished);
    try (FileChannel channel = create(unfinished)) {
      write(channel, lines);
      channel.force(false);
    }
    Files.move(unfinished, file);
  }

  /** The new middle is there, under a name of its own, before what it stands for goes. */
  private void compact(LogPart oldest) throws IOException {
    Optional<LogPart> middle =
        parts.stream().filter(part -> part.kind() == Kind.MIDDLE).findFirst();
    LogMiddle rest = new LogMiddle();
    if (middle.isPresent()) {
      rest.add(middle.get());
    }
    rest.add(oldest);
    Path file = LogPart.file(folder, Kind.MIDDLE, oldest.last());
    byte[] lines = rest.lines();
    drop(rest.dropped());
    replaceOnDisk(file, lines);
    replace(middle, oldest, new LogPart(Kind.MIDDLE, file, oldest.last(), lines.length));
  }

  private void replace(Optional<LogPart> middle, LogPart oldest, LogPart by) throws IOException {
    List<LogPart> changed = new ArrayList<>(parts);
    middle.ifPresent(changed::remove);
    changed.set(changed.indexOf(oldest), by);
    parts = List.copyOf(changed);
    count(by.bytes() - oldest.bytes() - middle.map(LogPart::bytes).orElse(0L));
    if (middle.isPresent()) {
      Files.deleteIfExists(middle.get().file());
    }
    Files.deleteIfExists(oldest.file());
  }

  private void replaceLast(LogPart by) {
    List<LogPart> changed = new ArrayList<>(parts);
    changed.set(changed.size() - 1, by);
    parts = List.copyOf(changed);
  }

  private void count(long more) {
    bytes += more;
    budget.takeAnyway(more);
  }

  /** Writes that the log is complete, and waits until all of it is on the disk. */
  void end() throws IOException {
    if (current == null) {
      begin(last() + 1);
    }
    ByteArrayOutputStream closed = new ByteArrayOutputStream();
    closed.writeBytes(CLOSED);
    flush(closed, last());
    if (current != null) {
      current.force(false);
    }
    closeCurrent();
  }

  void closeCurrent() throws IOException {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Deletes the files; the folder is the caller's. */
  void delete() throws IOException {
    closeCurrent();
    List<LogPart> old = parts;
    parts = List.of();
    budget.giveBack(bytes);
    bytes = 0;
    for (LogPart part : old) {
      Files.deleteIfExists(part.file());
    }
  }
}
