package io.remoterun.relay.subrelay;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.remoterun.protocol.keys.HostCertificate;
import io.remoterun.protocol.keys.Tls;
import io.remoterun.protocol.nodelist.NodeEntry;
import io.remoterun.relay.topology.Fleet;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a relay below has to prove who it is. This relay shows its own certificate each time. */
public interface PeerTls {

  /** For one connection; empty when that relay has nothing that it could prove itself with. */
  Optional<SslContext> towards(NodeEntry relay, Fleet fleet);

  /** By a key that is known for this very relay; its name is not looked at. */
  static PeerTls pinned(HostCertificate own) {
    return (relay, fleet) -> fleet.keysOf(relay.id()).map(keys -> Tls.client(own, keys));
  }

  /**
   * By a certificate for its host name that an authority has signed.
   *
   * @param authorities PEM; null for those that Java trusts
   * @throws IOException naming the file, when it cannot be used
   */
  static PeerTls validated(HostCertificate own, @Nullable Path authorities) throws IOException {
    try {
      SslContextBuilder builder = client(own).endpointIdentificationAlgorithm("HTTPS");
      if (authorities != null) {
        builder.trustManager(authorities.toFile());
      }
      SslContext tls = builder.build();
      return (relay, fleet) -> Optional.of(tls);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(
          authorities + " should hold certificates of authorities, PEM: " + e.getMessage(), e);
    }
  }

  /** Not at all: whoever answers at its address is taken for it. */
  static PeerTls unchecked(HostCertificate own) throws IOException {
    SslContext tls =
        client(own)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .build();
    return (relay, fleet) -> Optional.of(tls);
  }

  private static SslContextBuilder client(HostCertificate own) {
    return SslContextBuilder.forClient()
        .keyManager(own.key().privateKey(), own.chain().toArray(X509Certificate[]::new));
  }
}
