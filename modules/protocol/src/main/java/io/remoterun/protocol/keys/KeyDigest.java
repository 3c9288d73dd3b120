package io.remoterun.protocol.keys;

import java.security.interfaces.RSAPublicKey;

/** CFEngine's name for a key: {@code MD5=hex} or {@code SHA=hex}. An identifier, not a proof. */
public record KeyDigest(String value) {
  public static KeyDigest md5(RSAPublicKey key) {
    throw new UnsupportedOperationException();
  }

  public static KeyDigest sha256(RSAPublicKey key) {
    throw new UnsupportedOperationException();
  }

  /** Whether this is a name (of either kind) of that key. */
  public boolean names(RSAPublicKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return value;
  }
}
