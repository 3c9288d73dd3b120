package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * A host's RSA key pair. Immutable; safe to share between threads. Its text form never shows the
 * private half.
 */
public final class HostKey {
  private static final int BITS = 2048;
  private static final X500Name CFENGINE_SUBJECT = new X500Name("CN=a");

  private final RSAPrivateCrtKey privateKey;
  private final RSAPublicKey publicKey;
  private final Map<X500Name, X509Certificate> certificates = new ConcurrentHashMap<>();

  private HostKey(RSAPrivateCrtKey privateKey) {
    this.privateKey = privateKey;
    this.publicKey = KeyPem.publicHalf(privateKey);
  }

  /** A new pair of 2048 bits, e = 65537, as cf-key makes it. Takes a fraction of a second. */
  public static HostKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(BITS, RSAKeyGenParameterSpec.F4));
      return new HostKey((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make RSA keys", e);
    }
  }

  /**
   * Reads PEM: PKCS#1, plain or encrypted with CFEngine's well-known passphrase (RFC 1421 headers,
   * as hosts from before 2020 or so have it), or PKCS#8.
   *
   * @throws KeyFileException when the file holds no such key
   */
  public static HostKey read(Path privateKey) throws IOException {
    return new HostKey(KeyPem.readPrivate(privateKey));
  }

  /**
   * Reads a public key: {@code BEGIN RSA PUBLIC KEY}, as CFEngine writes it, or {@code BEGIN PUBLIC
   * KEY}.
   *
   * @throws KeyFileException when the file holds no such key
   */
  public static RSAPublicKey readPublic(Path publicKey) throws IOException {
    return KeyPem.readPublic(publicKey);
  }

  /**
   * Writes the private key, PKCS#1, mode 600.
   *
   * @throws java.nio.file.FileAlreadyExistsException when there is a file: a private key is never
   *     replaced
   */
  public void write(Path file) throws IOException {
    KeyFiles.writeNew(file, KeyPem.of(privateKey));
  }

  /** Writes the public key as CFEngine does, mode 600; replaces what is there. */
  public void writePublic(Path file) throws IOException {
    KeyFiles.write(file, KeyPem.of(publicKey));
  }

  public PrivateKey privateKey() {
    return privateKey;
  }

  public RSAPublicKey publicKey() {
    return publicKey;
  }

  /** CFEngine's: self-signed, CN=a, ten years, SHA-384. Made once. */
  public X509Certificate certificate() {
    return certificates.computeIfAbsent(CFENGINE_SUBJECT, this::sign);
  }

  /** Rudder's agent certificate: self-signed, the subject's UID is the node id. Made once. */
  public X509Certificate certificateOf(NodeId id) {
    X500Name subject = new X500NameBuilder().addRDN(BCStyle.UID, id.value()).build();
    return certificates.computeIfAbsent(subject, this::sign);
  }

  private X509Certificate sign(X500Name subject) {
    return SelfSigned.certificate(subject, publicKey, privateKey);
  }

  @Override
  public String toString() {
    return KeyDigest.md5(publicKey).toString();
  }
}
