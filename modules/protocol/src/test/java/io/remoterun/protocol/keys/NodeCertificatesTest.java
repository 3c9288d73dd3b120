package io.remoterun.protocol.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCertificatesTest {
  private static final NodeId N1 = new NodeId("37817c4d-fbf7-4850-a985-50021f4e8f41");
  private static final X509Certificate ROOT = TestKeys.ALICE.certificateOf(NodeId.ROOT);
  private static final X509Certificate OLD = TestKeys.ALICE.certificateOf(N1);
  private static final X509Certificate NEW = TestKeys.BOB.certificateOf(N1);

  @TempDir private Path folder = Path.of("");

  @Test
  void areReadAsTheyWereWritten() throws IOException {
    Path file = folder.resolve("allnodescerts.pem");
    NodeCertificates.write(file, List.of(OLD, ROOT, NEW));
    NodeCertificates read = NodeCertificates.read(file);

    assertThat(read.of(NodeId.ROOT)).containsExactly(ROOT);
    assertThat(read.of(N1)).containsExactly(OLD, NEW);
    assertThat(read.of(new NodeId("n2"))).isEmpty();
    assertThat(read.nodes()).containsExactlyInAnyOrder(NodeId.ROOT, N1);
  }

  @Test
  void mayBeNone() throws IOException {
    Path file = Files.writeString(folder.resolve("none.pem"), "");

    assertThat(NodeCertificates.read(file).nodes()).isEmpty();
    assertThat(NodeCertificates.none().of(N1)).isEmpty();
  }

  @Test
  void nameTheNodeAmongOtherAttributes() throws IOException {
    assertThat(read("O=x+UID=n7,CN=UID\\=n8").nodes()).containsExactly(new NodeId("n7"));
  }

  @Test
  void leaveOutTheOneThatNamesNoNodeAndSayWhich() throws IOException {
    assertLeftOut("CN=a", "has 0 UIDs in its subject, not 1");
    assertLeftOut("UID=n1,UID=n2", "has 2 UIDs in its subject, not 1");
    assertLeftOut("UID=../n1", "names no node: invalid node id: ../n1");
  }

  @Test
  void nameTheOneThatIsBroken() throws IOException {
    Path file = folder.resolve("broken.pem");
    NodeCertificates.write(file, List.of(ROOT, NEW));
    String pem = Files.readString(file);

    Files.writeString(file, pem.substring(0, pem.length() - 40));
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> NodeCertificates.read(file))
        .withMessageStartingWith(file + ": certificate 2: ");

    Files.writeString(file, pem.replaceFirst("\nMII", "\nAAA"));
    NodeCertificates others = NodeCertificates.read(file);
    assertThat(others.problems())
        .singleElement()
        .asString()
        .startsWith(file + ": certificate 1 is left out: ");
    assertThat(others.nodes()).hasSize(1);

    TestKeys.ALICE.writePublic(file);
    assertThat(NodeCertificates.read(file).problems())
        .containsExactly(
            file + ": certificate 1 is left out: is something else than a certificate");
  }

  private void assertLeftOut(String subject, String problem) throws IOException {
    NodeCertificates read = read(subject);
    assertThat(read.problems())
        .containsExactly(
            folder.resolve("certificates.pem") + ": certificate 2 is left out: " + problem);
    assertThat(read.nodes()).hasSize(1);
  }

  private NodeCertificates read(String subject) throws IOException {
    HostKey key = TestKeys.BOB;
    X509Certificate certificate =
        SelfSigned.certificate(new X500Name(subject), key.publicKey(), key.privateKey());
    boolean refused = !subject.startsWith("O=");
    Path file = folder.resolve("certificates.pem");
    NodeCertificates.write(file, refused ? List.of(ROOT, certificate) : List.of(certificate));
    return NodeCertificates.read(file);
  }
}
