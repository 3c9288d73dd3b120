package io.remoterun.protocol.keys;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;

/** The peer proved to have a key, but not one that is admitted. The message names the key. */
public final class KeyNotAdmittedException extends CertificateException {
  public KeyNotAdmittedException(PublicKey key) {
    super("the peer's key " + name(key) + " is not admitted");
  }

  /** Finds this reason in a failed handshake: TLS wraps it in exceptions of its own. */
  public static Optional<KeyNotAdmittedException> causeOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KeyNotAdmittedException found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private static String name(PublicKey key) {
    KeyHash hash = KeyHash.of(key);
    return key instanceof RSAPublicKey rsa ? KeyDigest.md5(rsa) + " (" + hash + ")" : "" + hash;
  }
}
