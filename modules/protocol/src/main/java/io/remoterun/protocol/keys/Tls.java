package io.remoterun.protocol.keys;

import io.netty.handler.ssl.SslContext;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS 1.3 (1.2 without renegotiation where the peer is older) that trusts keys, not names: both
 * ends present a certificate, and of the peer's nothing is looked at but the key.
 *
 * <p>The predicate is asked in every handshake, as there is no resumption; it is called on a thread
 * of its own, and other handshakes do not wait for it. When it refuses, the handshake fails with a
 * {@link KeyNotAdmittedException} among the causes. A connection that is already there outlives a
 * later change of mind: who revokes keys ends those connections.
 *
 * <p>With TLS 1.3 a client is connected before the server has looked at its key: only the first
 * bytes from the server show that it was admitted.
 */
public final class Tls {
  static {
    // Java's default lets a TLS 1.2 client start a new handshake at any time, at the server's cost.
    String renegotiation = "jdk.tls.rejectClientInitiatedRenegotiation";
    if (System.getProperty(renegotiation) == null) {
      System.setProperty(renegotiation, "true");
    }
  }

  private Tls() {}

  /**
   * A server that requires a client certificate whose key is admitted.
   *
   * @throws IllegalArgumentException when the certificate is not of that key
   */
  public static SslContext server(HostKey key, X509Certificate own, Predicate<PublicKey> admitted) {
    return server(new HostCertificate(key, List.of(own)), admitted);
  }

  /** A server that requires a client certificate whose key is admitted. */
  public static SslContext server(HostCertificate own, Predicate<PublicKey> admitted) {
    return new PinnedSslContext(false, new OwnKey(own), new PinnedTrust(admitted));
  }

  /**
   * A client that presents its own certificate and goes on only with a server whose key is
   * admitted. Cheap enough to be made for each connection.
   *
   * @throws IllegalArgumentException when the certificate is not of that key
   */
  public static SslContext client(HostKey key, X509Certificate own, Predicate<PublicKey> admitted) {
    return client(new HostCertificate(key, List.of(own)), admitted);
  }

  /** The same, with a certificate that is known to be of its key. */
  public static SslContext client(HostCertificate own, Predicate<PublicKey> admitted) {
    return new PinnedSslContext(true, new OwnKey(own), new PinnedTrust(admitted));
  }

  /**
   * The key that the peer proved to have.
   *
   * @throws SSLPeerUnverifiedException when the handshake is not done
   */
  public static PublicKey peerKey(SSLSession session) throws SSLPeerUnverifiedException {
    return session.getPeerCertificates()[0].getPublicKey();
  }
}
