package io.remoterun.webapp.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The webapp's own folder: what it makes there is for nobody else to read. */
final class StoreFolder {
  private static final Set<PosixFilePermission> OWN_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OWN_FILE =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;

  private StoreFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes it where it is missing. */
  static StoreFolder make(Path folder) {
    try {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWN_FOLDER));
      return new StoreFolder(folder.toAbsolutePath());
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  /** An empty file where there is none; what is there stays, for its owner only. */
  Path file(String name) {
    Path file = folder.resolve(name);
    try {
      if (Files.notExists(file)) {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWN_FILE));
      }
      Files.setPosixFilePermissions(file, OWN_FILE);
      return file;
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  Path path() {
    return folder;
  }

  static NoStoreException cannotWrite(Path folder, IOException e) {
    return new NoStoreException(
        "The webapp cannot write to its folder " + folder + ": " + e,
        "Make it and give it to the user that runs the webapp (mkdir, chown, chmod 700), or name"
            + " another one as remote-run.webapp.store.folder.",
        e);
  }
}
