package io.remoterun.protocol.keys;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/**
 * RSA keys as PEM: written as CFEngine writes them (PKCS#1), read in each form that CFEngine,
 * Rudder and OpenSSL have written.
 *
 * <p>The parser's own exceptions are not passed on: they might quote what they could not read.
 */
final class KeyPem {
  /** Not a secret: it stands in CFEngine's sources, and every older key of a host is under it. */
  private static final char[] CFENGINE_PASSPHRASE = "Cfengine passphrase".toCharArray();

  private KeyPem() {}

  static RSAPrivateCrtKey readPrivate(Path file) throws IOException {
    PrivateKeyInfo info =
        switch (firstObject(file)) {
          case PEMKeyPair pair -> pair.getPrivateKeyInfo();
          case PEMEncryptedKeyPair encrypted -> decrypt(file, encrypted);
          case PrivateKeyInfo pkcs8 -> pkcs8;
          case null -> throw new KeyFileException(file, "holds no PEM");
          default -> throw new KeyFileException(file, "holds something else than a private key");
        };
    try {
      var spec = new PKCS8EncodedKeySpec(info.getEncoded());
      if (rsa().generatePrivate(spec) instanceof RSAPrivateCrtKey key) {
        return key;
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      // said below, in the same words
    }
    throw new KeyFileException(file, "holds no usable RSA private key");
  }

  static RSAPublicKey readPublic(Path file) throws IOException {
    SubjectPublicKeyInfo info =
        switch (firstObject(file)) {
          case SubjectPublicKeyInfo found -> found;
          case null -> throw new KeyFileException(file, "holds no PEM");
          default -> throw new KeyFileException(file, "holds something else than a public key");
        };
    try {
      return (RSAPublicKey) rsa().generatePublic(new X509EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new KeyFileException(file, "holds no usable RSA public key");
    }
  }

  static RSAPublicKey publicHalf(RSAPrivateCrtKey key) {
    try {
      var spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
      return (RSAPublicKey) rsa().generatePublic(spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no RSA key", e);
    }
  }

  static String of(RSAPrivateCrtKey key) throws IOException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
    return pem("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
  }

  static String of(RSAPublicKey key) throws IOException {
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(key.getEncoded());
    return pem("RSA PUBLIC KEY", info.parsePublicKey().getEncoded());
  }

  static String pem(String type, byte[] der) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    }
    return text.toString();
  }

  private static @Nullable Object firstObject(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      return parser.readObject();
    } catch (IOException | RuntimeException e) {
      throw new KeyFileException(file, "holds broken PEM");
    }
  }

  private static PrivateKeyInfo decrypt(Path file, PEMEncryptedKeyPair encrypted)
      throws IOException {
    try {
      return encrypted
          .decryptKeyPair(new BcPEMDecryptorProvider(CFENGINE_PASSPHRASE))
          .getPrivateKeyInfo();
    } catch (IOException | RuntimeException e) {
      throw new KeyFileException(
          file,
          "holds an encrypted private key that CFEngine's well-known passphrase does not open");
    }
  }

  private static KeyFactory rsa() throws GeneralSecurityException {
    return KeyFactory.getInstance("RSA");
  }
}
