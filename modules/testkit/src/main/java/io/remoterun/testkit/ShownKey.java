package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A key and the certificates that a peer shows with it, right or wrong; made anew each time. */
public record ShownKey(PrivateKey key, List<X509Certificate> chain) {
  private static final X500Name SUBJECT = new X500Name("CN=a");
  private static final Duration YEAR = Duration.ofDays(365);

  public ShownKey {
    chain = List.copyOf(chain);
  }

  /** As CFEngine's hosts have it. */
  public static ShownKey of(HostKey key) {
    return new ShownKey(key.privateKey(), List.of(key.certificate()));
  }

  /** Until a second ago. */
  public static ShownKey expired(HostKey key) {
    Instant end = Instant.now().minusSeconds(1);
    return of(key.publicKey(), key.privateKey(), end.minus(YEAR), end);
  }

  /** From in a year on. */
  public static ShownKey notYetValid(HostKey key) {
    Instant begin = Instant.now().plus(YEAR);
    return of(key.publicKey(), key.privateKey(), begin, begin.plus(YEAR));
  }

  /** A new key of that algorithm ({@code RSA}, {@code EC}) and size in bits. */
  public static ShownKey made(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      KeyPair pair = generator.generateKeyPair();
      Instant now = Instant.now();
      return of(pair.getPublic(), pair.getPrivate(), now.minus(YEAR), now.plus(YEAR));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same key, and that certificate after its own. */
  public ShownKey and(X509Certificate another) {
    List<X509Certificate> longer = new ArrayList<>(chain);
    longer.add(another);
    return new ShownKey(key, longer);
  }

  public PublicKey publicKey() {
    return chain.getFirst().getPublicKey();
  }

  private static ShownKey of(PublicKey key, PrivateKey signer, Instant from, Instant until) {
    String algorithm = "SHA384with" + (signer.getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
    var builder =
        new JcaX509v3CertificateBuilder(
            SUBJECT, BigInteger.ONE, Date.from(from), Date.from(until), SUBJECT, key);
    try {
      var signed = builder.build(new JcaContentSignerBuilder(algorithm).build(signer));
      return new ShownKey(
          signer, List.of(new JcaX509CertificateConverter().getCertificate(signed)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
