package io.remoterun.protocol.keys;

import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the peer's key, and looks at nothing else in its certificate: a CFEngine certificate is
 * only the wrapping of a key, and that the peer has the private half, the handshake proves.
 *
 * <p>It must be an <em>extended</em> trust manager: Java puts checks of its own, of names among
 * them, around any other.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
  private final Predicate<PublicKey> admitted;

  PinnedTrust(Predicate<PublicKey> admitted) {
    this.admitted = admitted;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    PublicKey key = chain[0].getPublicKey();
    if (!admitted.test(key)) {
      throw new KeyNotAdmittedException(key);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
