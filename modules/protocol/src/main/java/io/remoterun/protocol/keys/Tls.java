package io.remoterun.protocol.keys;

import io.netty.handler.ssl.SslContext;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** TLS 1.3 (1.2 without renegotiation where the peer is older) that trusts keys, not names. */
public final class Tls {
  private Tls() {}

  /** A server that requires a client certificate whose key is admitted. */
  public static SslContext server(HostKey key, X509Certificate own, Predicate<PublicKey> admitted) {
    throw new UnsupportedOperationException();
  }

  /**
   * A client that presents its own certificate and goes on only with a server whose key is
   * admitted.
   */
  public static SslContext client(HostKey key, X509Certificate own, Predicate<PublicKey> admitted) {
    throw new UnsupportedOperationException();
  }

  /**
   * The key the peer proved to have. To be checked after every handshake: a resumed one asks
   * nobody.
   */
  public static PublicKey peerKey(SSLSession session) throws SSLPeerUnverifiedException {
    throw new UnsupportedOperationException();
  }
}
