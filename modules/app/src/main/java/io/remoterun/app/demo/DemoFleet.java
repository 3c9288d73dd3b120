package io.remoterun.app.demo;

import io.remoterun.node.listener.NodeListener;
import io.remoterun.protocol.keys.KeyDigest;
import io.remoterun.relay.api.RelayServers;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The running roles, each an application of its own as it would be in a process of its own. Nodes
 * start first and the webapp last, because every port is a free one and each must be told where
 * those that it calls are.
 */
final class DemoFleet implements AutoCloseable {
  private final Class<?> application;
  private final DemoState state;
  private final PrintStream out;
  private final Deque<ConfigurableApplicationContext> running = new ArrayDeque<>();
  private final Map<DemoHost, InetSocketAddress> nodes = new LinkedHashMap<>();
  private final Map<DemoHost, RelayServers> relays = new LinkedHashMap<>();
  private int webappPort;
  private boolean closed;

  DemoFleet(Class<?> application, DemoState state, PrintStream out) {
    this.application = application;
    this.state = state;
    this.out = out;
  }

  void start() {
    for (DemoHost host : DemoHost.FLEET) {
      startNode(host);
    }
    startRelay(DemoHost.SUB_RELAY);
    startRelay(DemoHost.ROOT);
    startWebapp();
  }

  InetSocketAddress nodeAddress(DemoHost host) {
    return find(nodes, host);
  }

  URI relayUrl(DemoHost relay) {
    return URI.create("http://" + text(find(relays, relay).http()) + "/rudder/relay-api/1");
  }

  String relayToken(DemoHost relay) {
    return read(relayTokenFile(relay));
  }

  URI webappUrl() {
    return URI.create("http://127.0.0.1:" + webappPort);
  }

  String webappToken() {
    return read(webappTokenFile());
  }

  /** Ends the roles in the opposite order of their start. May be called while they start. */
  @Override
  public void close() {
    synchronized (running) {
      closed = true;
      while (!running.isEmpty()) {
        running.pop().close();
      }
    }
  }

  private void startNode(DemoHost host) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("remote-run.node.id", host.id().value());
    settings.put("remote-run.node.listen", "127.0.0.1:0");
    settings.put("remote-run.node.keys", state.keysOf(host).toString());
    settings.put(
        "remote-run.node.admit-keys",
        KeyDigest.md5(state.policyServerKey(host).publicKey()).toString());
    settings.put("remote-run.node.allow-conditions", ".*");
    // A terminal that is closed says so with SIGHUP: that shall end the demo.
    settings.put("remote-run.node.reload-on-hangup", "false");
    settings.put("remote-run.node.agent.command", "/bin/sh," + state.agent());
    settings.put("remote-run.node.agent.environment[PATH]", "/usr/bin:/bin");
    settings.put("remote-run.node.agent.environment[DEMO_NODE_ID]", host.id().value());
    String pause = System.getenv("DEMO_PAUSE");
    if (pause != null) {
      settings.put("remote-run.node.agent.environment[DEMO_PAUSE]", pause);
    }
    InetSocketAddress address = start("node", settings).getBean(NodeListener.class).address();
    nodes.put(host, address);
    started("node", host.hostname() + " on " + text(address));
  }

  private void startRelay(DemoHost relay) {
    Path folder = state.of(relay);
    Map<String, Object> settings = new HashMap<>();
    settings.put("remote-run.relay.id", relay.id().value());
    settings.put("remote-run.relay.keys", state.keysOf(relay).toString());
    settings.put("remote-run.relay.nodes-list-file", folder.resolve("nodeslist.json").toString());
    settings.put(
        "remote-run.relay.nodes-certs-file", folder.resolve("allnodescerts.pem").toString());
    settings.put("remote-run.relay.http.listen", "127.0.0.1:0");
    settings.put("remote-run.relay.http.token-file", relayTokenFile(relay).toString());
    settings.put("remote-run.relay.https.listen", "127.0.0.1:0");
    settings.put("remote-run.relay.runs.folder", folder.resolve("runs").toString());
    // A terminal that is closed says so with SIGHUP: that shall end the demo.
    settings.put("remote-run.relay.reload-on-hangup", "false");
    settings.put("remote-run.relay.deadlines.shutdown", "0s");
    nodes.forEach(
        (host, address) ->
            settings.put("remote-run.relay.addresses[" + host.id() + "].node", text(address)));
    relays.forEach(
        (host, servers) ->
            settings.put(
                "remote-run.relay.addresses[" + host.id() + "].https", text(servers.https())));
    RelayServers servers = start("relay", settings).getBean(RelayServers.class);
    relays.put(relay, servers);
    started(
        "relay",
        relay.hostname() + " on " + text(servers.http()) + ", TLS on " + text(servers.https()));
  }

  private void startWebapp() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("server.address", "127.0.0.1");
    settings.put("server.port", "0");
    // Who presses Ctrl-C does not want to wait for a run.
    settings.put("server.shutdown", "immediate");
    settings.put("remote-run.webapp.shutdown-wait", "0s");
    settings.put("remote-run.webapp.token-file", webappTokenFile().toString());
    settings.put(
        "remote-run.webapp.nodes-list-file",
        state.of(DemoHost.ROOT).resolve("nodeslist.json").toString());
    settings.put("remote-run.webapp.relay.url", relayUrl(DemoHost.ROOT).toString());
    settings.put("remote-run.webapp.relay.token-file", relayTokenFile(DemoHost.ROOT).toString());
    settings.put("remote-run.webapp.store.folder", state.webapp().resolve("store").toString());
    WebServerApplicationContext webapp = (WebServerApplicationContext) start("webapp", settings);
    webappPort = Objects.requireNonNull(webapp.getWebServer()).getPort();
    started("webapp", webappUrl().toString());
  }

  private ConfigurableApplicationContext start(String role, Map<String, Object> settings) {
    synchronized (running) {
      if (closed) {
        throw new IllegalStateException("the demo is ending");
      }
      ConfigurableApplicationContext context =
          new SpringApplicationBuilder(application)
              .profiles(role)
              .properties(settings)
              .properties("spring.main.keep-alive=false")
              .registerShutdownHook(false)
              .logStartupInfo(false)
              .run();
      running.push(context);
      return context;
    }
  }

  private void started(String role, String what) {
    out.printf("  %-9s%s%n", role, what);
    out.flush();
  }

  private Path relayTokenFile(DemoHost relay) {
    return state.of(relay).resolve("token");
  }

  Path webappTokenFile() {
    return state.webapp().resolve("token");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private static <T> T find(Map<DemoHost, T> map, DemoHost host) {
    T found = map.get(host);
    if (found == null) {
      throw new IllegalStateException(host.hostname() + " has not been started");
    }
    return found;
  }
}
