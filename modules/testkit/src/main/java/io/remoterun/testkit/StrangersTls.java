package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
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
  private StrangersTls() {}

  /** Not yet shaken hands. */
  static SSLSocket client(Socket socket, @Nullable ShownKey shown) throws IOException {
    SSLSocket tls = over(socket, shown);
    tls.setUseClientMode(true);
    return tls;
  }

  /** Not yet shaken hands; will want a client's certificate. */
  static SSLSocket server(Socket socket, HostKey key) throws IOException {
    SSLSocket tls = over(socket, ShownKey.of(key));
    tls.setUseClientMode(false);
    tls.setNeedClientAuth(true);
    return tls;
  }

  static byte[] clientHello() throws IOException {
    SSLEngine engine = context(null).createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private static SSLSocket over(Socket socket, @Nullable ShownKey shown) throws IOException {
    String host = socket.getInetAddress().getHostAddress();
    return (SSLSocket)
        context(shown).getSocketFactory().createSocket(socket, host, socket.getPort(), true);
  }

  private static SSLContext context(@Nullable ShownKey shown) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          shown == null ? new KeyManager[0] : new KeyManager[] {new ShowsKey(shown)},
          new TrustManager[] {new Everyone()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS", e);
    }
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
