package io.remoterun.protocol.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A CFEngine {@code ppkeys} folder: {@code localhost.priv} and {@code localhost.pub} are the host's
 * own pair, {@code USER-DIGEST.pub} the keys of the peers that it trusts. Nothing is cached: a key
 * that is removed from the folder is not trusted from then on.
 *
 * <p>All methods do file input and output: not for event loops.
 */
public final class KeyDirectory {
  /** The rule of cf-serverd for the name in IDENTITY; no separator, so it is never a path. */
  private static final Pattern USER = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");

  private final Path folder;

  public KeyDirectory(Path folder) {
    this.folder = folder;
  }

  /**
   * The host's own pair, made first where there is none; also the folder (mode 700) and {@code
   * localhost.pub} are made where they are missing. Of two processes that do this at once both get
   * the same pair.
   */
  public HostKey hostKeyMadeIfMissing() throws IOException {
    KeyFiles.makeFolder(folder);
    if (Files.notExists(privateFile())) {
      try {
        HostKey.generate().write(privateFile());
      } catch (FileAlreadyExistsException e) {
        // another process was faster: its pair is the host's
      }
    }
    HostKey key = hostKey();
    if (Files.notExists(publicFile())) {
      key.writePublic(publicFile());
    }
    return key;
  }

  /**
   * The host's own pair.
   *
   * @throws KeyFileException when others than the owner may read the private key's file, or it
   *     holds no key
   * @throws NoSuchFileException when there is none
   */
  public HostKey hostKey() throws IOException {
    KeyFiles.refuseIfOthersMayRead(privateFile());
    return HostKey.read(privateFile());
  }

  /**
   * Whether exactly this key is stored as {@code USER-MD5=hex.pub} or {@code USER-SHA=hex.pub}; the
   * whole key is compared. A user name that cannot be one is not trusted.
   */
  public boolean isTrusted(String user, PublicKey key) throws IOException {
    if (!(key instanceof RSAPublicKey rsa) || !USER.matcher(user).matches()) {
      return false;
    }
    return isStored(fileOf(user, KeyDigest.md5(rsa)), rsa)
        || isStored(fileOf(user, KeyDigest.sha256(rsa)), rsa);
  }

  /**
   * Stores as {@code USER-MD5=hex.pub}; makes the folder where it is missing.
   *
   * @throws IllegalArgumentException when the user name is no such name
   */
  public void trust(String user, RSAPublicKey key) throws IOException {
    if (!USER.matcher(user).matches()) {
      throw new IllegalArgumentException("a user name has letters, digits, '_', '-' and '.' only");
    }
    KeyFiles.makeFolder(folder);
    KeyFiles.write(fileOf(user, KeyDigest.md5(key)), KeyPem.of(key));
  }

  /**
   * The digest of the policy server's key, if Rudder's agent has written it down, in {@code
   * policy_server_hash}.
   *
   * @throws KeyFileException when that file holds something else
   */
  public Optional<KeyDigest> policyServer() throws IOException {
    Path file = folder.resolve("policy_server_hash");
    try {
      return Optional.of(new KeyDigest(Files.readString(file, US_ASCII).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedInputException | IllegalArgumentException e) {
      throw new KeyFileException(file, "holds no key digest");
    }
  }

  /**
   * The digests of the keys that are stored for the user, but not that of the host's own. A file
   * that is removed meanwhile is none.
   */
  public Set<KeyDigest> othersOf(String user) throws IOException {
    Set<KeyDigest> others = new HashSet<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, file -> isKeyOf(user, file.getFileName().toString()))) {
      for (Path file : files) {
        stored(file).map(KeyDigest::md5).ifPresent(others::add);
      }
    } catch (NoSuchFileException e) {
      return others;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    own().map(KeyDigest::md5).ifPresent(others::remove);
    return others;
  }

  /** Its public file may be missing, or just be written anew. */
  private Optional<RSAPublicKey> own() throws IOException {
    Optional<RSAPublicKey> own = stored(publicFile());
    return own.isPresent() || Files.notExists(privateFile())
        ? own
        : Optional.of(hostKey().publicKey());
  }

  private static Optional<RSAPublicKey> stored(Path file) throws IOException {
    try {
      return Optional.of(HostKey.readPublic(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static boolean isKeyOf(String user, String name) {
    return name.endsWith(".pub")
        && (name.startsWith(user + "-MD5=") || name.startsWith(user + "-SHA="));
  }

  private static boolean isStored(Path file, RSAPublicKey key) throws IOException {
    return stored(file)
        .filter(
            it ->
                it.getModulus().equals(key.getModulus())
                    && it.getPublicExponent().equals(key.getPublicExponent()))
        .isPresent();
  }

  private Path fileOf(String user, KeyDigest digest) {
    return folder.resolve(user + "-" + digest + ".pub");
  }

  private Path privateFile() {
    return folder.resolve("localhost.priv");
  }

  private Path publicFile() {
    return folder.resolve("localhost.pub");
  }
}
