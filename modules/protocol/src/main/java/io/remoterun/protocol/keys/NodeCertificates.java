package io.remoterun.protocol.keys;

import io.remoterun.protocol.run.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** Rudder's certificates file: PEM after PEM, each naming its node in the subject's UID. */
public final class NodeCertificates {
  private NodeCertificates() {}

  public static NodeCertificates none() {
    throw new UnsupportedOperationException();
  }

  public static NodeCertificates read(Path pem) throws IOException {
    throw new UnsupportedOperationException();
  }

  public static void write(Path pem, List<X509Certificate> certificates) throws IOException {
    throw new UnsupportedOperationException();
  }

  public List<X509Certificate> of(NodeId id) {
    throw new UnsupportedOperationException();
  }
}
