package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a host shows of itself in TLS, and the key that it proves it with.
 *
 * @param chain its own certificate, then those that signed it, as far as there are any
 */
public record HostCertificate(HostKey key, List<X509Certificate> chain) {

  /**
   * @throws IllegalArgumentException when the first certificate is not of that key
   */
  public HostCertificate {
    chain = List.copyOf(chain);
    if (!chain.getFirst().getPublicKey().equals(key.publicKey())) {
      throw new IllegalArgumentException("the certificate is for another key");
    }
  }

  /** Made for the key: self-signed, and naming the node as Rudder's agent certificates do. */
  public static HostCertificate made(HostKey key, NodeId id) {
    return new HostCertificate(key, List.of(key.certificateOf(id)));
  }

  /**
   * Reads both, PEM. A key that others may read is refused.
   *
   * @throws KeyFileException when one of them cannot be used, or they do not belong together
   */
  public static HostCertificate read(Path certificate, Path key) throws IOException {
    KeyFiles.refuseIfOthersMayRead(key);
    return read(certificate, HostKey.read(key), key.toString());
  }

  /**
   * Reads the certificate of a key, PEM: the host's own comes first.
   *
   * @param whose the key's file, for the error
   * @throws KeyFileException when it cannot be used, is of another key, or is not valid today
   */
  public static HostCertificate read(Path certificate, HostKey key, String whose)
      throws IOException {
    List<X509Certificate> chain = chain(certificate);
    if (chain.isEmpty()) {
      throw new KeyFileException(certificate, "holds no certificate");
    }
    X509Certificate own = chain.getFirst();
    if (!own.getPublicKey().equals(key.publicKey())) {
      throw new KeyFileException(
          certificate,
          "is the certificate of another key than the one in "
              + whose
              + ": name the files that belong together");
    }
    try {
      own.checkValidity();
    } catch (CertificateExpiredException e) {
      throw new KeyFileException(
          certificate,
          "the certificate has expired at " + own.getNotAfter().toInstant() + ": renew it");
    } catch (CertificateNotYetValidException e) {
      throw new KeyFileException(
          certificate,
          "the certificate is valid only from "
              + own.getNotBefore().toInstant()
              + ": check the clock of this machine");
    }
    return new HostCertificate(key, chain);
  }

  private static List<X509Certificate> chain(Path file) throws IOException {
    try (var pem = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      throw new KeyFileException(file, "holds no usable certificate: " + e.getMessage());
    }
  }
}
