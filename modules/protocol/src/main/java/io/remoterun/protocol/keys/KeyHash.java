package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.Printable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Rudder's key hash: SHA-256 of the DER SubjectPublicKeyInfo, as in {@code nodeslist.json} and for
 * {@code curl --pinnedpubkey}. A proof of identity, unlike {@link KeyDigest}.
 *
 * @param base64 32 bytes in base64; missing padding is added, so that equal hashes are equal texts
 */
public record KeyHash(String base64) {
  private static final String BASE64_PREFIX = "sha256//";
  private static final String HEX_PREFIX = "sha256:";
  private static final int BYTES = 32;

  /**
   * @throws IllegalArgumentException when the text is no base64 of 32 bytes
   */
  public KeyHash {
    base64 = canonical(base64);
  }

  public static KeyHash of(PublicKey key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ofBytes(sha256.digest(key.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /**
   * Reads {@code sha256//BASE64} and {@code sha256:HEX}; empty for {@code sha256:}, no key yet.
   *
   * @throws IllegalArgumentException for anything else, saying what is wrong with it
   */
  public static Optional<KeyHash> parse(String text) {
    if (text.startsWith(BASE64_PREFIX)) {
      return Optional.of(new KeyHash(text.substring(BASE64_PREFIX.length())));
    }
    if (text.startsWith(HEX_PREFIX)) {
      String hex = text.substring(HEX_PREFIX.length());
      return hex.isEmpty() ? Optional.empty() : Optional.of(ofHex(hex));
    }
    throw invalid(text, "should start with sha256// or sha256:");
  }

  public boolean matches(PublicKey key) {
    return equals(of(key));
  }

  @Override
  public String toString() {
    return BASE64_PREFIX + base64;
  }

  private static KeyHash ofHex(String hex) {
    byte[] hash;
    try {
      hash = HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      throw invalid(hex, "is no hexadecimal");
    }
    return ofBytes(checked(hex, hash));
  }

  private static KeyHash ofBytes(byte[] hash) {
    return new KeyHash(Base64.getEncoder().encodeToString(hash));
  }

  private static String canonical(String base64) {
    byte[] hash;
    try {
      hash = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw invalid(base64, "is no base64");
    }
    return Base64.getEncoder().encodeToString(checked(base64, hash));
  }

  private static byte[] checked(String text, byte[] hash) {
    if (hash.length != BYTES) {
      throw invalid(text, "is " + hash.length + " bytes long, not " + BYTES);
    }
    return hash;
  }

  private static IllegalArgumentException invalid(String text, String problem) {
    return new IllegalArgumentException("invalid key hash: " + Printable.of(text) + " " + problem);
  }
}
