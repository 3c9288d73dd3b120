package io.remoterun.webapp.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which webapp this is, also after a restart: an id in a file of its folder. While the process
 * lives it holds a lock on it, which the system takes back however it ends. So whoever has the lock
 * knows that the process before it is gone, and that what that had begun is its own now.
 */
final class Instance implements AutoCloseable {
  private static final String FILE = "webapp.id";
  private static final int LENGTH = 36;

  private final UUID id;
  private final FileChannel locked;

  private Instance(UUID id, FileChannel locked) {
    this.id = id;
    this.locked = locked;
  }

  /**
   * @throws NoStoreException when the folder cannot be written, or another process has it
   */
  static Instance in(Path folder) {
    Path file = StoreFolder.make(folder).file(FILE);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        throw new NoStoreException(
            "Another webapp runs with the folder " + folder,
            "Stop it, or give each its own folder (remote-run.webapp.store.folder).",
            null);
      }
      return new Instance(readOrMake(channel), channel);
    } catch (IOException e) {
      close(channel, e);
      throw StoreFolder.cannotWrite(folder, e);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void close(@Nullable FileChannel channel, IOException e) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException more) {
      e.addSuppressed(more);
    }
  }

  /**
   * Through the channel that has the lock: closing another one would give it back. What is cut off,
   * because the process was killed in the middle, has owned nothing yet.
   */
  private static UUID readOrMake(FileChannel file) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(LENGTH);
    if (file.read(text, 0) == LENGTH) {
      return UUID.fromString(new String(text.array(), StandardCharsets.US_ASCII));
    }
    UUID id = UUID.randomUUID();
    file.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    file.force(true);
    return id;
  }

  UUID id() {
    return id;
  }

  @Override
  public void close() throws IOException {
    locked.close();
  }
}
