package io.remoterun.protocol.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader is in the files of a log. Keeps no file open, and at most one piece of a file in
 * memory. Blocks; not thread-safe.
 */
final class LogPartReader {
  private static final int PIECE = 64 << 10;

  private final Supplier<List<LogPart>> parts;
  private final ArrayDeque<Slot> decoded = new ArrayDeque<>();
  private @Nullable LogPart part;
  private long offset;

  /**
   * @param parts as they are now; they change while they are read
   */
  LogPartReader(Supplier<List<LogPart>> parts) {
    this.parts = parts;
  }

  /** The first events from that number on; the number is never lower than in the call before. */
  List<Slot> from(long sequence, int most) throws IOException {
    while (!decoded.isEmpty() && decoded.peek().sequence() < sequence) {
      decoded.remove();
    }
    if (decoded.isEmpty()) {
      decode(sequence);
    }
    List<Slot> slots = new ArrayList<>();
    while (!decoded.isEmpty() && slots.size() < most) {
      slots.add(decoded.remove());
    }
    return slots;
  }

  private void decode(long sequence) throws IOException {
    List<LogPart> now = parts.get();
    for (LogPart candidate : now) {
      if (candidate.last() >= sequence) {
        try {
          decode(candidate, sequence);
        } catch (NoSuchFileException e) {
          // Other parts may have taken its place meanwhile.
          if (parts.get().equals(now)) {
            throw e;
          }
          decode(sequence);
          return;
        }
        if (!decoded.isEmpty()) {
          return;
        }
      }
    }
  }

  private void decode(LogPart next, long sequence) throws IOException {
    if (part == null || !part.file().equals(next.file())) {
      offset = 0;
    }
    part = next;
    try (FileChannel channel = FileChannel.open(next.file(), StandardOpenOption.READ)) {
      while (decoded.isEmpty() && offset < next.bytes()) {
        byte[] lines = lines(channel, next);
        offset += lines.length;
        decode(lines, sequence);
      }
    }
  }

  /** As many whole lines as there are in a piece, at least one. */
  private byte[] lines(FileChannel channel, LogPart from) throws IOException {
    for (int size = PIECE; ; size *= 4) {
      int most = (int) Math.min(size, from.bytes() - offset);
      ByteBuffer piece = ByteBuffer.allocate(most);
      while (piece.hasRemaining() && channel.read(piece, offset + piece.position()) >= 0) {
        // each turn reads some of it
      }
      int end = piece.position();
      while (end > 0 && piece.get(end - 1) != '\n') {
        end--;
      }
      if (end > 0) {
        return Arrays.copyOf(piece.array(), end);
      }
      if (size > most || piece.hasRemaining() || size > RunEventStream.MOST_BYTES_OF_LINE) {
        throw new IOException(from.file() + " does not have the whole lines that were written");
      }
    }
  }

  private void decode(byte[] lines, long sequence) throws IOException {
    int from = 0;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        decodeLine(Arrays.copyOfRange(lines, from, i), sequence);
        from = i + 1;
      }
    }
  }

  private void decodeLine(byte[] line, long sequence) throws IOException {
    try {
      Optional<Slot> slot = RunEventStream.decodeSlot(line);
      slot.filter(found -> found.sequence() >= sequence).ifPresent(decoded::add);
    } catch (MalformedEventException e) {
      throw new IOException("a log file has a line that is no event", e);
    }
  }
}
