package io.remoterun.e2e;

import io.remoterun.protocol.http.RelayClient;
import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import io.remoterun.protocol.run.RunRequest;
import io.remoterun.protocol.run.RunTarget;
import io.remoterun.relay.RelayConfiguration;
import io.remoterun.relay.api.RelayServers;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.Eventually;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.netty.http.client.HttpClient;

/** The relay's role as it is configured and started, as root, on a free loopback port. */
final class OurRelay implements AutoCloseable {
  private final ConfigurableApplicationContext context;
  private final CapturedLog log;
  private final String token;

  /**
   * A node of this relay.
   *
   * @param port where it is on this machine
   * @param key that the node list gives for it
   */
  record Node(String id, int port, KeyHash key) {
    private String listed() {
      return "\"%s\":{\"hostname\":\"%s.example.org\",\"key-hash\":\"%s\",\"policy-server\":\"root\"}"
          .formatted(id, id, key);
    }

    private String address() {
      return "remote-run.relay.addresses[%s].node=127.0.0.1:%d".formatted(id, port);
    }
  }

  private OurRelay(ConfigurableApplicationContext context, String token) {
    this.context = context;
    this.token = token;
    // Only now: at its start Spring Boot sets up logging anew.
    this.log = CapturedLog.of("remote-run.relay.root");
  }

  static OurRelay start(TestHost host, Node... nodes) throws IOException {
    Path list = host.folder().resolve("nodeslist.json");
    Files.writeString(
        list, "{" + String.join(",", Stream.of(nodes).map(Node::listed).toList()) + "}");
    Path tokenFile = host.folder().resolve("token");
    List<String> settings =
        new ArrayList<>(
            List.of(
                "remote-run.relay.id=root",
                "remote-run.relay.nodes-list-file=" + list,
                "remote-run.relay.nodes-certs-file=" + host.folder().resolve("allnodescerts.pem"),
                "remote-run.relay.keys=" + host.ppkeys(),
                "remote-run.relay.http.listen=127.0.0.1:0",
                "remote-run.relay.http.token-file=" + tokenFile,
                "remote-run.relay.user=" + CfengineHost.USER));
    Stream.of(nodes).map(Node::address).forEach(settings::add);
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(RelayConfiguration.class)
            .profiles("relay")
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .registerShutdownHook(false)
            .properties(settings.toArray(String[]::new))
            .run();
    return new OurRelay(context, Files.readString(tokenFile).strip());
  }

  /** Up to the version. */
  URI url() {
    int port = context.getBean(RelayServers.class).http().getPort();
    return URI.create("http://127.0.0.1:" + port + "/rudder/relay-api/1");
  }

  String token() {
    return token;
  }

  /** Asks it over HTTP, as the webapp does, and waits for the end. */
  List<RunEvent> trigger(String node, String... conditions) {
    HttpClient http =
        HttpClient.newConnection()
            .headers(headers -> headers.set("Authorization", "Bearer " + token));
    NodeId id = new NodeId(node);
    RunRequest request =
        new RunRequest(
            RunId.random(),
            RunTarget.node(id),
            Stream.of(conditions).map(Condition::new).toList(),
            false,
            true);
    List<RunEvent> events =
        new RelayClient(http, url(), "test", "relay root")
            .run(request, List.of(id))
            .collectList()
            .block(Eventually.DEADLINE);
    return events == null ? List.of() : events;
  }

  CapturedLog log() {
    return log;
  }

  @Override
  public void close() {
    log.close();
    context.close();
  }
}
