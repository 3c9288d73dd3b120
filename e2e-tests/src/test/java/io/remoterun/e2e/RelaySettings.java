package io.remoterun.e2e;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Node list, certificates and settings of a relay, for one in this process or in its own. */
final class RelaySettings {
  private final TestHost host;
  private final List<String> nodes = new ArrayList<>();
  private final List<X509Certificate> certificates = new ArrayList<>();
  private final Map<String, String> settings = new LinkedHashMap<>();

  /** On free loopback ports, with a token. The host's folder is named after the relay's id. */
  RelaySettings(TestHost host) {
    this.host = host;
    with("id", id());
    with("nodes-list-file", file("nodeslist.json"));
    with("nodes-certs-file", file("allnodescerts.pem"));
    with("keys", host.ppkeys());
    with("http.listen", "127.0.0.1:0");
    with("http.token-file", file("token"));
    with("user", CfengineHost.USER);
    with("deadlines.shutdown", "0s");
  }

  String id() {
    return host.folder().getFileName().toString();
  }

  Path file(String name) {
    return host.folder().resolve(name);
  }

  RelaySettings with(String setting, Object value) {
    settings.put("remote-run.relay." + setting, value.toString());
    return this;
  }

  /** Lists a node below some policy server. */
  RelaySettings node(String id, String hostname, KeyHash key, String policyServer) {
    nodes.add(
        "\"%s\":{\"hostname\":\"%s\",\"key-hash\":\"%s\",\"policy-server\":\"%s\"}"
            .formatted(id, hostname, key, policyServer));
    return this;
  }

  /** Lists a node of this relay that is at that port of this machine. */
  RelaySettings own(String id, int port, KeyHash key) {
    return node(id, id + ".example.org", key, id())
        .with("addresses[" + id + "].node", "127.0.0.1:" + port);
  }

  /** Lists a relay of this relay that is at that port of this machine. */
  RelaySettings below(TestHost relay, int httpsPort) {
    String id = relay.folder().getFileName().toString();
    return knowing(relay)
        .node(id, id + ".example.org", relay.hash(), id())
        .with("addresses[" + id + "].https", "127.0.0.1:" + httpsPort);
  }

  /** Puts its certificate into the certificates file. */
  RelaySettings knowing(TestHost other) {
    certificates.add(
        other.key().certificateOf(new NodeId(other.folder().getFileName().toString())));
    return this;
  }

  /** Serves the relay above it. */
  RelaySettings under(TestHost policyServer, int httpsPort) {
    String id = policyServer.folder().getFileName().toString();
    return knowing(policyServer)
        .node(id(), id() + ".example.org", host.hash(), id)
        .with("https.listen", "127.0.0.1:" + httpsPort);
  }

  /** Writes the files. */
  Map<String, String> write() throws IOException {
    Files.writeString(file("nodeslist.json"), "{" + String.join(",", nodes) + "}");
    NodeCertificates.write(file("allnodescerts.pem"), certificates);
    return settings;
  }
}
