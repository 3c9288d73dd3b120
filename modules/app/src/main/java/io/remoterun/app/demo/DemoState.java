package io.remoterun.app.demo;

import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.KeyDirectory;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.keys.NodeCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of the demo: each host's folder with its keys, and what the relays know of the fleet.
 */
final class DemoState {
  private final Path folder;
  private final Map<DemoHost, HostKey> keys = new LinkedHashMap<>();

  private DemoState(Path folder) {
    this.folder = folder;
  }

  /** Makes what is missing; keys of an earlier demo in the same folder are used again. */
  static DemoState prepare(Path folder) throws IOException {
    DemoState state = new DemoState(folder);
    Files.createDirectories(folder);
    state.makeKeys();
    for (DemoHost relay : DemoHost.relays()) {
      state.writeNodeList(relay);
      state.writeCertificates(relay);
    }
    state.writeAgent();
    Files.createDirectories(state.webapp());
    return state;
  }

  HostKey key(DemoHost host) {
    HostKey key = keys.get(host);
    if (key == null) {
      throw new IllegalArgumentException("no such host: " + host);
    }
    return key;
  }

  Path folder() {
    return folder;
  }

  Path of(DemoHost host) {
    return host.stateIn(folder);
  }

  Path keysOf(DemoHost host) {
    return of(host).resolve("ppkeys");
  }

  Path webapp() {
    return folder.resolve("webapp");
  }

  Path agent() {
    return folder.resolve("agent.sh");
  }

  /** Every host trusts its policy server's key, as {@code root}, and nobody else's. */
  private void makeKeys() throws IOException {
    for (DemoHost host : DemoHost.FLEET) {
      Files.createDirectories(of(host));
      keys.put(host, new KeyDirectory(keysOf(host)).hostKeyMadeIfMissing());
    }
    for (DemoHost host : DemoHost.FLEET) {
      new KeyDirectory(keysOf(host)).trust("root", policyServerKey(host).publicKey());
    }
  }

  HostKey policyServerKey(DemoHost host) {
    return DemoHost.FLEET.stream()
        .filter(other -> other.id().equals(host.policyServer()))
        .map(this::key)
        .findFirst()
        .orElseThrow();
  }

  private void writeNodeList(DemoHost relay) throws IOException {
    Map<String, Map<String, String>> entries = new LinkedHashMap<>();
    for (DemoHost host : relay.below()) {
      Map<String, String> entry = new LinkedHashMap<>();
      entry.put("hostname", host.hostname());
      entry.put("key-hash", KeyHash.of(key(host).publicKey()).toString());
      entry.put("policy-server", host.policyServer().value());
      entries.put(host.id().value(), entry);
    }
    byte[] json = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(entries);
    Files.write(of(relay).resolve("nodeslist.json"), json);
  }

  /** What is below the relay, and its policy server, whose calls it must recognise. */
  private void writeCertificates(DemoHost relay) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (DemoHost host : DemoHost.FLEET) {
      if (relay.below().contains(host) || host.id().equals(relay.policyServer())) {
        certificates.add(key(host).certificateOf(host.id()));
      }
    }
    NodeCertificates.write(of(relay).resolve("allnodescerts.pem"), certificates);
  }

  private void writeAgent() throws IOException {
    try (InputStream script = DemoState.class.getResourceAsStream("/demo/agent.sh")) {
      if (script == null) {
        throw new IOException("demo/agent.sh is missing in this build");
      }
      Files.copy(script, agent(), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
