package io.remoterun.relay.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The secret that a program on the same machine has to show. It is never logged. */
public final class BearerToken {
  private static final int RANDOM_BYTES = 32;

  private final byte[] header;

  private BearerToken(String token) {
    this.header = headerOf(token);
  }

  /**
   * The token in the file. Where there is no file, one is made with a random token, which only its
   * owner can read.
   *
   * @throws IOException with words for the administrator when there can be no such file, when it is
   *     empty, or when others may read it
   */
  public static BearerToken madeIfMissing(Path file) throws IOException {
    if (Files.notExists(file)) {
      make(file);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("others may read or write the token in " + file + ": chmod 600 it");
    }
    String token = Files.readString(file).strip();
    if (token.isEmpty()) {
      throw new IOException("there is no token in " + file + ": remove it, to have one made");
    }
    return new BearerToken(token);
  }

  private static void make(Path file) throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no folder for the token file " + file + ": make one", e);
    }
    Files.writeString(file, token + "\n");
  }

  /** Whether the value of an Authorization header shows it. Takes as long for any wrong one. */
  boolean isShownBy(@Nullable String authorization) {
    return authorization != null
        && MessageDigest.isEqual(header, authorization.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] headerOf(String token) {
    return ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }
}
