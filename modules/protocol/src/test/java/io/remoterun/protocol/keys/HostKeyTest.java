package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeyTest {
  private static final HostKey KEY = TestKeys.ALICE;

  @TempDir private Path folder = Path.of("");

  @Test
  void isOf2048BitsWithTheUsualExponent() {
    assertThat(KEY.publicKey().getModulus().bitLength()).isEqualTo(2048);
    assertThat(KEY.publicKey().getPublicExponent()).isEqualTo(65537);
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    Path file = folder.resolve("localhost.priv");
    KEY.write(file);

    assertThat(file).content().startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
    HostKey read = HostKey.read(file);
    assertThat(read.privateKey()).isEqualTo(KEY.privateKey());
    assertThat(read.publicKey()).isEqualTo(KEY.publicKey());
  }

  @Test
  void writesThePrivateKeyForItsOwnerOnlyAndLeavesNoOtherFile() throws IOException {
    Path file = folder.resolve("localhost.priv");
    KEY.write(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryContaining(found -> found.equals(file));
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void neverReplacesAPrivateKey() throws IOException {
    Path file = folder.resolve("localhost.priv");
    KEY.write(file);

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> TestKeys.BOB.write(file));
    assertThat(HostKey.read(file).publicKey()).isEqualTo(KEY.publicKey());
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void readsThePublicHalfAsItWasWritten() throws IOException {
    Path file = folder.resolve("localhost.pub");
    TestKeys.BOB.writePublic(file);
    KEY.writePublic(file);

    assertThat(file).content().startsWith("-----BEGIN RSA PUBLIC KEY-----\n");
    assertThat(HostKey.readPublic(file)).isEqualTo(KEY.publicKey());
  }

  @Test
  void readsAKeyUnderTheWellKnownPassphrase() throws Exception {
    HostKey key = HostKey.read(TestKeys.resource("throwaway-key-encrypted.priv"));

    assertThat(key.publicKey())
        .isEqualTo(HostKey.readPublic(TestKeys.resource("throwaway-key.pub")));
  }

  @Test
  void readsPkcs8() throws IOException {
    Path privateKey = folder.resolve("pkcs8.priv");
    Files.writeString(privateKey, KeyPem.pem("PRIVATE KEY", KEY.privateKey().getEncoded()));
    Path publicKey = folder.resolve("pkcs8.pub");
    Files.writeString(publicKey, KeyPem.pem("PUBLIC KEY", KEY.publicKey().getEncoded()));

    assertThat(HostKey.read(privateKey).privateKey()).isEqualTo(KEY.privateKey());
    assertThat(HostKey.readPublic(publicKey)).isEqualTo(KEY.publicKey());
  }

  @Test
  void refusesAnotherPassphraseByFileName() throws Exception {
    Path file = TestKeys.resource("throwaway-key-other-passphrase.priv");

    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> HostKey.read(file))
        .withMessage(
            "%s: holds an encrypted private key that CFEngine's well-known passphrase does not"
                + " open",
            file);
  }

  @Test
  void refusesWhatIsNoPrivateKey() throws IOException {
    Path file = folder.resolve("key");

    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> HostKey.read(file));
    Files.writeString(file, "no key\n");
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> HostKey.read(file))
        .withMessage("%s: holds no PEM", file);
    KEY.writePublic(file);
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> HostKey.read(file))
        .withMessage("%s: holds something else than a private key", file);
  }

  @Test
  void saysNothingOfABrokenKeyButItsFile() throws IOException {
    Path file = folder.resolve("broken");
    String pem = KeyPem.of((RSAPrivateCrtKey) KEY.privateKey());
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      StringBuilder broken = new StringBuilder(pem);
      broken.setCharAt(random.nextInt(pem.length()), (char) (' ' + random.nextInt(90)));
      Files.writeString(file, broken);
      try {
        HostKey.read(file);
      } catch (KeyFileException e) {
        assertThat(e).hasMessageStartingWith(file + ": holds ").hasNoCause();
      }
    }
  }

  @Test
  void doesNotShowItself() {
    assertThat(KEY).hasToString(KeyDigest.md5(KEY.publicKey()).value());
  }

  @Test
  void hasCfenginesCertificate() throws Exception {
    X509Certificate certificate = KEY.certificate();

    assertThat(certificate.getPublicKey()).isEqualTo(KEY.publicKey());
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=a");
    assertThat(certificate.getIssuerX500Principal().getName()).isEqualTo("CN=a");
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA384withRSA");
    certificate.verify(KEY.publicKey());
    certificate.checkValidity(Date.from(Instant.now().minus(Duration.ofHours(23))));
    certificate.checkValidity(Date.from(Instant.now().plus(Duration.ofDays(3650))));
    assertThat(KEY.certificate()).isSameAs(certificate);
  }

  @Test
  void hasACertificateThatNamesTheNode() throws Exception {
    X509Certificate certificate = KEY.certificateOf(NodeId.ROOT);

    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("UID=root");
    certificate.verify(KEY.publicKey());
    assertThat(KEY.certificateOf(NodeId.ROOT)).isSameAs(certificate);
    assertThat(KEY.certificateOf(new NodeId("n1"))).isNotEqualTo(certificate);
  }
}
