package io.remoterun.protocol.keys;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate that carries a host's key through TLS; peers look at nothing in it but the key.
 */
final class SelfSigned {
  private static final Period VALIDITY = Period.ofYears(10);

  /** A peer whose clock is behind ours must not find a certificate of the future. */
  private static final Duration BEHIND = Duration.ofDays(1);

  private static final int SERIAL_BITS = 127;

  private SelfSigned() {}

  static X509Certificate certificate(X500Name subject, PublicKey key, PrivateKey signer) {
    Instant now = Instant.now();
    Instant until = now.atOffset(ZoneOffset.UTC).plus(VALIDITY).toInstant();
    return certificate(subject, key, signer, now.minus(BEHIND), until);
  }

  static X509Certificate certificate(
      X500Name subject, PublicKey key, PrivateKey signer, Instant from, Instant until) {
    var builder =
        new JcaX509v3CertificateBuilder(
            subject,
            new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0),
            Date.from(from),
            Date.from(until),
            subject,
            key);
    try {
      var signed = builder.build(new JcaContentSignerBuilder("SHA384withRSA").build(signer));
      return new JcaX509CertificateConverter().getCertificate(signed);
    } catch (OperatorCreationException | CertificateException e) {
      throw new IllegalStateException("this Java cannot sign with SHA-384 and RSA", e);
    }
  }
}
