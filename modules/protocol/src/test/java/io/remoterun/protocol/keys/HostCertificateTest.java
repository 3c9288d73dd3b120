package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCertificateTest {
  private static final X509Certificate OF_ALICE = TestKeys.ALICE.certificateOf(new NodeId("alice"));
  private static final X509Certificate OF_BOB = TestKeys.BOB.certificateOf(new NodeId("bob"));

  @TempDir private Path folder = Path.of("");
  private Path key = Path.of("");
  private Path certificate = Path.of("");

  @BeforeEach
  void name() throws IOException {
    certificate = folder.resolve("agent.cert");
    key = folder.resolve("agent.key");
    TestKeys.ALICE.write(key);
  }

  @Test
  void isReadWithThoseThatSignedIt() throws IOException {
    NodeCertificates.write(certificate, List.of(OF_ALICE, OF_BOB));

    assertThat(HostCertificate.read(certificate, key).chain()).containsExactly(OF_ALICE, OF_BOB);
    assertThat(HostCertificate.read(certificate, TestKeys.ALICE, "x").key())
        .isSameAs(TestKeys.ALICE);
  }

  @Test
  void thatIsOfAnotherKeyIsRefused() throws IOException {
    NodeCertificates.write(certificate, List.of(OF_BOB));

    assertRefused(
        certificate
            + ": is the certificate of another key than the one in "
            + key
            + ": name the files that belong together");
  }

  @Test
  void thatIsNotValidTodayIsRefused() throws IOException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant past = now.minusSeconds(5);
    writeValid(past.minusSeconds(60), past);
    assertRefused(certificate + ": the certificate has expired at " + past + ": renew it");

    Instant future = now.plusSeconds(3600);
    writeValid(future, future.plusSeconds(60));
    assertRefused(
        certificate
            + ": the certificate is valid only from "
            + future
            + ": check the clock of this machine");
  }

  @Test
  void whoseKeyOthersMayReadIsRefused() throws IOException {
    NodeCertificates.write(certificate, List.of(OF_ALICE));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertRefused(
        key
            + ": others than its owner have access to this private key (mode rw-r-----); put it"
            + " right with: chmod 600 "
            + key);
  }

  @Test
  void thatIsNoneIsRefused() throws IOException {
    Files.writeString(certificate, "");
    assertRefused(certificate + ": holds no certificate");

    Files.writeString(
        certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertThatThrownBy(() -> HostCertificate.read(certificate, key))
        .hasMessageStartingWith(certificate + ": holds no usable certificate: ");
  }

  private void writeValid(Instant from, Instant until) throws IOException {
    NodeCertificates.write(
        certificate,
        List.of(
            SelfSigned.certificate(
                new X500Name("CN=a"),
                TestKeys.ALICE.publicKey(),
                TestKeys.ALICE.privateKey(),
                from,
                until)));
  }

  private void assertRefused(String words) {
    assertThatThrownBy(() -> HostCertificate.read(certificate, key))
        .isInstanceOf(KeyFileException.class)
        .hasMessage(words);
  }
}
