package io.remoterun.webapp.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;

/**
 * The token of whoever may read this webapp's files, which is root. It is another one after each
 * start, may do everything, and is what the first account is made with. Only its hash is in memory.
 */
public final class SystemToken {
  private static final int LENGTH = 32;

  private final byte[] hash;

  private SystemToken(String token) {
    this.hash = Secrets.hash(token).getBytes(UTF_8);
  }

  /**
   * Makes a new one, and puts it into the file, mode 600; and beside it, in a file whose name ends
   * in {@code -header}, as a header that curl can be given. What was there is replaced.
   *
   * @throws IOException with words for the administrator when that is not possible
   */
  public static SystemToken make(Path file) throws IOException {
    String token = Secrets.random(LENGTH);
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      replace(header(file), "X-API-Token: " + token + "\n");
      replace(file, token + "\n");
    } catch (IOException e) {
      throw new IOException("cannot write the system token to " + file + ": " + e, e);
    }
    return new SystemToken(token);
  }

  /** The file with the header. */
  static Path header(Path file) {
    return file.resolveSibling(file.getFileName() + "-header");
  }

  /** Whether this is the token; in constant time whatever the length of a guess. */
  public boolean matches(String guess) {
    return MessageDigest.isEqual(hash, Secrets.hash(guess).getBytes(UTF_8));
  }

  /** A reader sees the old one or the new one, and nobody else sees any. */
  private static void replace(Path file, String content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, content, StandardOpenOption.WRITE);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
