package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.Printable;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * CFEngine's name for a key, as {@code cf-key -p} prints it: {@code MD5=} and 32 or {@code SHA=}
 * and 64 lower-case hexadecimal digits. The digest (MD5 or SHA-256) is over the bytes of the
 * modulus, then those of the exponent, each unsigned, big-endian, without leading zero.
 *
 * <p>An identifier, not a proof: two keys with one MD5 can be made. Who admits a peer compares the
 * whole key.
 */
public record KeyDigest(String value) {
  private static final Pattern VALID = Pattern.compile("MD5=[0-9a-f]{32}|SHA=[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException when the value is no digest
   */
  public KeyDigest {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "invalid key digest: "
              + Printable.of(value)
              + ", should be MD5= and 32 or SHA= and 64 lower-case hexadecimal digits");
    }
  }

  public static KeyDigest md5(RSAPublicKey key) {
    return new KeyDigest("MD5=" + digest("MD5", key));
  }

  public static KeyDigest sha256(RSAPublicKey key) {
    return new KeyDigest("SHA=" + digest("SHA-256", key));
  }

  /** Whether this is a name (of either kind) of that key. */
  public boolean names(RSAPublicKey key) {
    return equals(value.startsWith("MD5=") ? md5(key) : sha256(key));
  }

  @Override
  public String toString() {
    return value;
  }

  private static String digest(String algorithm, RSAPublicKey key) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(unsigned(key.getModulus()));
      digest.update(unsigned(key.getPublicExponent()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    if (bytes[0] != 0) {
      return bytes;
    }
    // Java puts a zero in front of a number whose first bit is set.
    return Arrays.copyOfRange(bytes, 1, bytes.length);
  }
}
