package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for scripted peers: trusts everyone and shares no code with the product, whose TLS is what
 * they test.
 */
final class StrangersTls {
  private static final char[] PASSWORD = "none".toCharArray();

  private StrangersTls() {}

  /** Not yet shaken hands. */
  static SSLSocket client(Socket socket, @Nullable HostKey key) throws IOException {
    SSLSocket tls = over(socket, key);
    tls.setUseClientMode(true);
    return tls;
  }

  /** Not yet shaken hands; will want a client's certificate. */
  static SSLSocket server(Socket socket, HostKey key) throws IOException {
    SSLSocket tls = over(socket, key);
    tls.setUseClientMode(false);
    tls.setNeedClientAuth(true);
    return tls;
  }

  private static SSLSocket over(Socket socket, @Nullable HostKey key) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          key == null ? new KeyManager[0] : keyManagers(key),
          new TrustManager[] {new Everyone()},
          null);
      String host = socket.getInetAddress().getHostAddress();
      return (SSLSocket)
          context.getSocketFactory().createSocket(socket, host, socket.getPort(), true);
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS", e);
    }
  }

  private static KeyManager[] keyManagers(HostKey key)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null);
    store.setKeyEntry("host", key.privateKey(), PASSWORD, new Certificate[] {key.certificate()});
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD);
    return factory.getKeyManagers();
  }

  private static final class Everyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
