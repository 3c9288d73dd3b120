package io.remoterun.relay;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.testkit.TestKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for host names. */
final class TestAuthority {
  private final X500Name name;
  private final HostKey key;

  TestAuthority(String name) {
    this.name = new X500Name("CN=" + name);
    this.key = TestKeys.of("authority " + name);
  }

  /** Its own certificate, in a file. */
  Path in(Path folder) throws Exception {
    return write(
        folder.resolve(name + ".pem"),
        sign(
            builder(name, key)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))));
  }

  /** A certificate of that key for that host name, in a file. */
  Path forHost(String hostname, HostKey host, Path folder) throws Exception {
    var names = new GeneralNames(new GeneralName(GeneralName.dNSName, hostname));
    return write(
        folder.resolve(hostname + ".pem"),
        sign(
            builder(new X500Name("CN=" + hostname), host)
                .addExtension(Extension.subjectAlternativeName, false, names)));
  }

  private static Path write(Path file, X509Certificate certificate) throws IOException {
    NodeCertificates.write(file, List.of(certificate));
    return file;
  }

  private JcaX509v3CertificateBuilder builder(X500Name subject, HostKey of) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        name,
        BigInteger.valueOf(subject.hashCode()).abs().add(BigInteger.ONE),
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(Duration.ofHours(1))),
        subject,
        of.publicKey());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(key.privateKey())));
  }
}
