package io.remoterun.webapp.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/**
 * The token that opens the API and the page. Only its hash is kept in memory, and hashes are
 * compared, in constant time whatever the length of a guess.
 */
public final class ApiToken {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 32;

  private final byte[] hash;

  private ApiToken(String token) {
    this.hash = sha256(token);
  }

  /**
   * The token in the file. Where there is no file it is made, mode 600, with a random token of 32
   * characters.
   *
   * @throws IOException with words for the administrator when the file cannot be read or made, is
   *     open to others, or holds what is too short to be a secret
   */
  public static ApiToken readOrMake(Path file) throws IOException {
    if (Files.notExists(file)) {
      make(file);
    }
    String token = SecretFile.read(file);
    if (token.length() < LENGTH) {
      throw new IOException(
          "the token in "
              + file
              + " has less than 32 characters; remove the file to have a new one made");
    }
    return new ApiToken(token);
  }

  /** Whether this is the token. */
  public boolean matches(String guess) {
    return MessageDigest.isEqual(hash, sha256(guess));
  }

  private static void make(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, random() + "\n", StandardOpenOption.WRITE);
  }

  private static String random() {
    return new SecureRandom()
        .ints(LENGTH, 0, ALPHABET.length())
        .mapToObj(i -> ALPHABET.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
