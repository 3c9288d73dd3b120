package io.remoterun.app.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Where a demo keeps everything. It is this demo's as long as the file {@code demo.lock} in it is
 * locked, which the system ends with the process.
 */
record DemoFolder(Path path, FileChannel lock) implements AutoCloseable {

  /**
   * Takes it before anything is written or started.
   *
   * @param named empty for a temporary one
   * @throws IOException with words for the person, when it cannot be made or another demo uses it
   */
  static DemoFolder take(Optional<Path> named) throws IOException {
    if (named.isEmpty()) {
      return lock(Files.createTempDirectory("remote-run-demo-"));
    }
    try {
      return lock(Files.createDirectories(named.get()));
    } catch (FileSystemException e) {
      throw new IOException(
          "cannot write to " + named.get() + ": " + why(e) + ". Name another folder");
    }
  }

  private static DemoFolder lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(channel)) {
      channel.close();
      throw new IOException("another demo uses " + folder + ": end it, or name another folder");
    }
    return new DemoFolder(folder, channel);
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this process
    }
  }

  private static String why(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException there -> there.getFile() + " is no folder";
      default -> e.getReason() == null ? "it cannot be made there" : e.getReason();
    };
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
