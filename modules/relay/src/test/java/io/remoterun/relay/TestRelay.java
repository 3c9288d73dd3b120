package io.remoterun.relay;

import io.remoterun.operations.followers.Followers;
import io.remoterun.operations.trace.Tracing;
import io.remoterun.protocol.keys.HostKey;
import io.remoterun.protocol.keys.NodeCertificates;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.relay.metrics.RelayMetrics;
import io.remoterun.relay.runs.Runs;
import io.remoterun.relay.subrelay.SubRelays;
import io.remoterun.relay.transport.Transports;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A relay as the configuration puts it together, on free ports, with nodes that are scripted. */
final class TestRelay implements AutoCloseable {
  private final TestHost host;
  private final RelayServers servers;
  private final RemoteRun engine;
  private final Runs runs;
  private final ScriptedTransport nodes = new ScriptedTransport();

  /** What a relay is to be. */
  static final class Plan {
    private final Path parent;
    private final String id;
    private final List<String> nodes = new ArrayList<>();
    private final List<X509Certificate> certificates = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private boolean isScripted = true;

    private Plan(Path parent, String id) {
      this.parent = parent;
      this.id = id;
    }

    /** Adds to its node list. */
    Plan node(String node, String policyServer) {
      return node(node, policyServer, "127.0.0.1");
    }

    Plan node(String node, String policyServer, String hostname) {
      nodes.add(
          "\"%s\":{\"hostname\":\"%s\",\"policy-server\":\"%s\"}"
              .formatted(node, hostname, policyServer));
      return this;
    }

    /** Triggers its nodes as the settings say. */
    Plan withItsTransports() {
      isScripted = false;
      return this;
    }

    /** Adds to its certificates file. */
    Plan knowing(String node, HostKey key) {
      certificates.add(key.certificateOf(new NodeId(node)));
      return this;
    }

    Plan reaching(String relay, InetSocketAddress https) {
      return with("addresses[" + relay + "].https", https.getHostString() + ":" + https.getPort());
    }

    Plan with(String setting, String value) {
      settings.put("remote-run.relay." + setting, value);
      return this;
    }

    TestRelay start() throws IOException {
      return new TestRelay(this);
    }
  }

  static Plan plan(Path parent, String id) {
    return new Plan(parent, id);
  }

  private TestRelay(Plan plan) throws IOException {
    host = TestHost.make(plan.parent, plan.id);
    Path list = host.folder().resolve("nodeslist.json");
    Path certificates = host.folder().resolve("allnodescerts.pem");
    Files.writeString(list, "{" + String.join(",", plan.nodes) + "}");
    NodeCertificates.write(certificates, plan.certificates);
    Map<String, String> settings = new HashMap<>();
    settings.put("remote-run.relay.id", plan.id);
    settings.put("remote-run.relay.nodes-list-file", list.toString());
    settings.put("remote-run.relay.nodes-certs-file", certificates.toString());
    settings.put("remote-run.relay.keys", host.ppkeys().toString());
    settings.put("remote-run.relay.http.listen", "127.0.0.1:0");
    settings.put("remote-run.relay.http.authentication", "none");
    settings.put("remote-run.relay.https.listen", "127.0.0.1:0");
    settings.putAll(plan.settings);
    RelayProperties properties = bind(settings);

    RelayConfiguration configuration = new RelayConfiguration();
    RelaySelf self = configuration.relaySelf(properties);
    RelayMetrics metrics = configuration.relayMetrics(self);
    FleetReload reload = configuration.relayReload(properties, self);
    Transports transports =
        plan.isScripted
            ? Transports.only(nodes)
            : configuration.relayTransports(properties, self, Tracing.OFF);
    SubRelays below = configuration.relaysBelow(properties, self, metrics, Tracing.OFF);
    Followers followers = configuration.relayFollowers();
    engine = configuration.relayEngine(properties, self, transports, below);
    runs = configuration.relayRuns(properties, self, engine, metrics, Tracing.OFF);
    servers =
        configuration.relayServers(
            properties, self, engine, runs, reload, metrics, below, followers);
    servers.start();
  }

  static RelayProperties bind(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("remote-run.relay", RelayProperties.class);
  }

  ScriptedTransport nodes() {
    return nodes;
  }

  TestHost host() {
    return host;
  }

  InetSocketAddress https() {
    return servers.https();
  }

  Runs runs() {
    return runs;
  }

  /** Up to and including the version. */
  URI url() {
    return URI.create("http://127.0.0.1:" + servers.http().getPort() + "/rudder/relay-api/1");
  }

  URI secureUrl() {
    return URI.create("https://127.0.0.1:" + servers.https().getPort() + "/rudder/relay-api");
  }

  @Override
  public void close() {
    servers.stop();
    engine.stop();
  }
}
