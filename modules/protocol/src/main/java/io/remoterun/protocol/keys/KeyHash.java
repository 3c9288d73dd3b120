package io.remoterun.protocol.keys;

import java.security.PublicKey;
import java.util.Optional;

/** Rudder's key hash: SHA-256 of the DER SubjectPublicKeyInfo. A proof of identity. */
public record KeyHash(String base64) {
  public static KeyHash of(PublicKey key) {
    throw new UnsupportedOperationException();
  }

  /** Reads {@code sha256//BASE64} and {@code sha256:HEX}; empty for {@code sha256:}, no key yet. */
  public static Optional<KeyHash> parse(String text) {
    throw new UnsupportedOperationException();
  }

  public boolean matches(PublicKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return "sha256//" + base64;
  }
}
