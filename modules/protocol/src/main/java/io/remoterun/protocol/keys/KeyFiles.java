package io.remoterun.protocol.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files that appear whole or not at all, and have their mode from their first moment: a private key
 * that is narrowed only after it was written could be read in between.
 */
final class KeyFiles {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeyFiles() {}

  static void makeFolder(Path folder) throws IOException {
    Files.createDirectories(folder, mode("rwx------"));
  }

  /** Mode 600. Never replaces: the private key that was there would be lost for ever. */
  static void writeNew(Path file, String text) throws IOException {
    Path temporary = writeTemporary(file, text);
    try {
      // A link, because a rename would replace a file that another process has just made.
      Files.createLink(file, temporary);
    } finally {
      Files.delete(temporary);
    }
  }

  /** Mode 600. Replaces what is there. */
  static void write(Path file, String text) throws IOException {
    Path temporary = writeTemporary(file, text);
    try {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static void refuseIfOthersMayRead(Path privateKey) throws IOException {
    Set<PosixFilePermission> given = Files.getPosixFilePermissions(privateKey);
    EnumSet<PosixFilePermission> excess = EnumSet.copyOf(given);
    excess.removeAll(OWNER_ONLY);
    excess.remove(PosixFilePermission.OWNER_EXECUTE);
    if (!excess.isEmpty()) {
      throw new KeyFileException(
          privateKey,
          "others than its owner have access to this private key (mode "
              + PosixFilePermissions.toString(given)
              + "); put it right with: chmod 600 "
              + privateKey);
    }
  }

  private static Path writeTemporary(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(folder, ".new-", ".tmp", mode("rw-------"));
    Files.writeString(temporary, text);
    return temporary;
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
