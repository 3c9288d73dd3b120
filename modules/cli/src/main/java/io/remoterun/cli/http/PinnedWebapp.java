package io.remoterun.cli.http;

import io.remoterun.cli.console.Failure;
import io.remoterun.protocol.keys.KeyHash;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts one key, whatever name and authority its certificate has. */
final class PinnedWebapp extends X509ExtendedTrustManager {
  private final KeyHash pin;

  PinnedWebapp(String pin) {
    try {
      this.pin =
          KeyHash.parse(pin)
              .orElseThrow(() -> new IllegalArgumentException("there is no key in it"));
    } catch (IllegalArgumentException e) {
      throw new Failure("--pin: " + e.getMessage());
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (!pin.matches(chain[0].getPublicKey())) {
      throw new CertificateException(
          "its key is " + KeyHash.of(chain[0].getPublicKey()) + " and not the pinned one");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("is no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("is no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("is no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
