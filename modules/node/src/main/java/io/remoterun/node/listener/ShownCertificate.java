package io.remoterun.node.listener;

import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a peer's certificate must be like, whose key it may be. CFEngine's hosts, and our relays,
 * make one certificate for their RSA key when they start, for ten years. Nobody is refused for one
 * that is not valid <em>yet</em>: a node's clock may be behind for years, where it has no battery.
 */
final class ShownCertificate {
  private static final int LEAST_BITS = 2048;

  private ShownCertificate() {}

  /** What is wrong with it, if anything is. */
  static Optional<String> problem(SSLSession session) throws SSLPeerUnverifiedException {
    Certificate[] chain = session.getPeerCertificates();
    if (chain.length != 1 || !(chain[0] instanceof X509Certificate own)) {
      return Optional.of("it shows " + chain.length + " certificates instead of one");
    }
    Instant end = own.getNotAfter().toInstant();
    return end.isBefore(Instant.now())
        ? Optional.of("its certificate has expired at " + end)
        : problem(own.getPublicKey());
  }

  private static Optional<String> problem(PublicKey key) {
    if (!(key instanceof RSAPublicKey rsa)) {
      return Optional.of("its key is " + key.getAlgorithm() + " instead of RSA");
    }
    int bits = rsa.getModulus().bitLength();
    return bits < LEAST_BITS
        ? Optional.of("its key has " + bits + " bits instead of at least " + LEAST_BITS)
        : Optional.empty();
  }
}
