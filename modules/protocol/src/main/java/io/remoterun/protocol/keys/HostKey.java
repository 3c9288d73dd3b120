package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;

/** A host's RSA key pair. */
public final class HostKey {
  private HostKey() {}

  /** A new pair of 2048 bits, e = 65537, as cf-key makes it. */
  public static HostKey generate() {
    throw new UnsupportedOperationException();
  }

  /** Reads PKCS#1 PEM, plain or encrypted with CFEngine's well-known passphrase. */
  public static HostKey read(Path privateKey) throws IOException {
    throw new UnsupportedOperationException();
  }

  public PrivateKey privateKey() {
    throw new UnsupportedOperationException();
  }

  public RSAPublicKey publicKey() {
    throw new UnsupportedOperationException();
  }

  /** CFEngine's: self-signed, CN=a, ten years, SHA-384. */
  public X509Certificate certificate() {
    throw new UnsupportedOperationException();
  }

  /** Rudder's agent certificate: self-signed, the subject's UID is the node id. */
  public X509Certificate certificateOf(NodeId id) {
    throw new UnsupportedOperationException();
  }
}
