package io.remoterun.webapp.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** A file that holds one secret text, which nobody but its owner and group may read. */
public final class SecretFile {
  private SecretFile() {}

  /** The text, where the file exists; see {@link #read}. */
  public static Optional<String> readIfThere(Path file) throws IOException {
    return Files.notExists(file) ? Optional.empty() : Optional.of(read(file));
  }

  /**
   * The text without white space around it.
   *
   * @throws IOException with words for the administrator when the file cannot be read, is empty, or
   *     is open to others
   */
  public static String read(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("others may read the secret in " + file + ": chmod 600 " + file);
    }
    String secret = Files.readString(file).strip();
    if (secret.isEmpty()) {
      throw new IOException("there is no secret in " + file);
    }
    return secret;
  }
}
