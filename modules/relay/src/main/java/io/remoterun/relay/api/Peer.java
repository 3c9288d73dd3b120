package io.remoterun.relay.api;

import io.remoterun.protocol.keys.KeyDigest;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.web.reactive.function.server.ServerRequest;

/** Who asks, for log lines: the address, and the key where the peer has shown one. */
final class Peer {
  private Peer() {}

  static String of(ServerRequest request) {
    String address =
        request.remoteAddress().map(InetSocketAddress::toString).orElse("an unknown address");
    @Nullable SslInfo tls = request.exchange().getRequest().getSslInfo();
    X509Certificate[] certificates = tls == null ? null : tls.getPeerCertificates();
    return certificates != null
            && certificates.length > 0
            && certificates[0].getPublicKey() instanceof RSAPublicKey key
        ? address + " with key " + KeyDigest.md5(key)
        : address;
  }
}
