package io.remoterun.benchmarks;

import io.remoterun.node.NodeConfiguration;
import io.remoterun.node.listener.NodeListener;
import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.RelayConfiguration;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

/** Our relay and our node in this process, configured and started as the program does it. */
final class Roles implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Deque<ConfigurableApplicationContext> running = new ArrayDeque<>();

  /**
   * @return where it listens
   */
  int startNode(TestHost host, TestHost relay, Path agent) throws IOException {
    host.trusting(relay);
    return start(
            NodeConfiguration.class,
            "node",
            "remote-run.node.id=ours",
            "remote-run.node.listen=127.0.0.1:0",
            "remote-run.node.keys=" + host.ppkeys(),
            "remote-run.node.admit-keys=" + relay.digest(),
            "remote-run.node.agent.command=" + agent)
        .getBean(NodeListener.class)
        .port();
  }

  /** A relay whose own nodes are these, each at its port of this machine. */
  RelayClient startRelay(TestHost host, Map<NodeId, TestHost> nodes, Map<NodeId, Integer> ports)
      throws IOException {
    Path list = host.folder().resolve("nodeslist.json");
    Files.write(list, JsonMapper.shared().writeValueAsBytes(nodeList(nodes)));
    Path token = host.folder().resolve("token");
    List<String> settings =
        new ArrayList<>(
            List.of(
                "remote-run.relay.id=root",
                "remote-run.relay.nodes-list-file=" + list,
                "remote-run.relay.nodes-certs-file=" + host.folder().resolve("none.pem"),
                "remote-run.relay.keys=" + host.ppkeys(),
                "remote-run.relay.http.listen=127.0.0.1:0",
                "remote-run.relay.http.token-file=" + token));
    ports.forEach(
        (node, port) ->
            settings.add("remote-run.relay.addresses[" + node + "].node=127.0.0.1:" + port));
    int port =
        start(RelayConfiguration.class, "relay", settings.toArray(String[]::new))
            .getBean(RelayServers.class)
            .http()
            .getPort();
    String bearer = "Bearer " + Files.readString(token).strip();
    return new RelayClient(
        HttpClient.newConnection().headers(headers -> headers.set("Authorization", bearer)),
        URI.create("http://127.0.0.1:" + port + "/rudder/relay-api/1"),
        "benchmark",
        "relay root");
  }

  private static Map<String, Map<String, String>> nodeList(Map<NodeId, TestHost> nodes) {
    Map<String, Map<String, String>> list = new LinkedHashMap<>();
    nodes.forEach(
        (id, host) ->
            list.put(
                id.value(),
                Map.of(
                    "hostname",
                    id + ".example.org",
                    "key-hash",
                    host.hash().toString(),
                    "policy-server",
                    "root")));
    return list;
  }

  /** One run, from the request to the last event. */
  static List<RunEvent> trigger(RelayClient relay, NodeId node) {
    RunRequest request =
        new RunRequest(RunId.random(), RunTarget.node(node), List.of(), false, true);
    List<RunEvent> events = relay.run(request, List.of(node)).collectList().block(DEADLINE);
    return events == null ? List.of() : events;
  }

  private ConfigurableApplicationContext start(
      Class<?> configuration, String profile, String... settings) {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(configuration)
            .profiles(profile)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .properties("logging.level.root=warn")
            .properties(settings)
            .run();
    running.push(context);
    return context;
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }
}
