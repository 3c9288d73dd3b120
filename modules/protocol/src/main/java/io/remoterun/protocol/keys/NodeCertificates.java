package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.NodeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Rudder's certificates file ({@code allnodescerts.pem}): PEM after PEM, each naming its node in
 * the subject's UID. A node may have several. Immutable.
 */
public final class NodeCertificates {
  private static final NodeCertificates NONE = new NodeCertificates(Map.of(), List.of());

  private final Map<NodeId, List<X509Certificate>> byNode;

  private final List<String> problems;

  private NodeCertificates(Map<NodeId, List<X509Certificate>> byNode, List<String> problems) {
    this.byNode = byNode;
    this.problems = List.copyOf(problems);
  }

  public static NodeCertificates none() {
    return NONE;
  }

  /**
   * A certificate that is broken, or has not exactly one UID, is left out and told in {@link
   * #problems()}: one of them must not lock all nodes out.
   *
   * @throws KeyFileException where the file is no sequence of PEM
   */
  public static NodeCertificates read(Path pem) throws IOException {
    String text = Files.readString(pem, StandardCharsets.ISO_8859_1);
    Map<NodeId, List<X509Certificate>> byNode = new HashMap<>();
    List<String> problems = new ArrayList<>();
    int position = 1;
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject next = reader.readPemObject(); next != null; next = reader.readPemObject()) {
        try {
          X509Certificate certificate = certificate(next);
          byNode.computeIfAbsent(nodeOf(certificate), id -> new ArrayList<>()).add(certificate);
        } catch (CertificateException | BadRequest e) {
          problems.add(pem + ": certificate " + position + " is left out: " + e.getMessage());
        }
        position++;
      }
    } catch (IOException | RuntimeException e) {
      throw new KeyFileException(pem, "certificate " + position + ": " + e.getMessage());
    }
    return new NodeCertificates(byNode, problems);
  }

  /** Without those of some nodes. */
  public NodeCertificates without(Set<NodeId> nodes) {
    Map<NodeId, List<X509Certificate>> others = new HashMap<>(byNode);
    others.keySet().removeAll(nodes);
    return new NodeCertificates(others, problems);
  }

  /** Replaces the file; a reader sees the old or the new one, never a part. */
  public static void write(Path pem, List<X509Certificate> certificates) throws IOException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(KeyPem.pem("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IOException("a certificate has no DER form", e);
      }
    }
    KeyFiles.write(pem, text.toString());
  }

  /** In the order of the file; none for a node that the file does not name. */
  public List<X509Certificate> of(NodeId id) {
    return Collections.unmodifiableList(byNode.getOrDefault(id, List.of()));
  }

  /** What is left out and why, counted from 1, each in one line. */
  public List<String> problems() {
    return problems;
  }

  /** The nodes that the file names. */
  public Set<NodeId> nodes() {
    return Collections.unmodifiableSet(byNode.keySet());
  }

  private static X509Certificate certificate(PemObject pem) throws CertificateException {
    if (!pem.getType().equals("CERTIFICATE")) {
      throw new CertificateException("is something else than a certificate");
    }
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    var der = new ByteArrayInputStream(pem.getContent());
    return (X509Certificate) factory.generateCertificate(der);
  }

  private static NodeId nodeOf(X509Certificate certificate) throws CertificateException {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    List<String> ids = new ArrayList<>();
    for (RDN rdn : subject.getRDNs(BCStyle.UID)) {
      for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
        if (attribute.getType().equals(BCStyle.UID)
            && attribute.getValue() instanceof ASN1String value) {
          ids.add(value.getString());
        }
      }
    }
    if (ids.size() != 1) {
      throw new CertificateException("has " + ids.size() + " UIDs in its subject, not 1");
    }
    try {
      return new NodeId(ids.getFirst());
    } catch (BadRequest e) {
      throw new CertificateException("names no node: " + e.getMessage(), e);
    }
  }
}
