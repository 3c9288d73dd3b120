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
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;
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
  record Node(String id, int port, KeyHash key) {}

  private OurRelay(ConfigurableApplicationContext context, String token) {
    this.context = context;
    this.token = token;
    // Only now: at its start Spring Boot sets up logging anew.
    this.log = CapturedLog.of("remote-run.relay.root");
  }

  static OurRelay start(TestHost host, Node... nodes) throws IOException {
    RelaySettings settings = new RelaySettings(host).with("id", "root");
    for (Node node : nodes) {
      settings
          .node(node.id(), node.id() + ".example.org", node.key(), "root")
          .with("addresses[" + node.id() + "].node", "127.0.0.1:" + node.port());
    }
    return start(settings);
  }

  static OurRelay start(RelaySettings settings) throws IOException {
    List<String> properties =
        settings.write().entrySet().stream()
            .map(setting -> setting.getKey() + "=" + setting.getValue())
            .toList();
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(RelayConfiguration.class)
            .profiles("relay")
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .registerShutdownHook(false)
            .properties(properties.toArray(String[]::new))
            .run();
    return new OurRelay(context, Files.readString(settings.file("token")).strip());
  }

  /** Up to the version. */
  URI url() {
    int port = context.getBean(RelayServers.class).http().getPort();
    return URI.create("http://127.0.0.1:" + port + "/rudder/relay-api/1");
  }

  String token() {
    return token;
  }

  int httpsPort() {
    return context.getBean(RelayServers.class).https().getPort();
  }

  /** Posts a form as a client does that knows nothing of events, and waits for the whole answer. */
  HttpResponse<byte[]> post(String path, String form) throws IOException, InterruptedException {
    try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url() + path))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  /** A run's events as they come. */
  Flux<RunEvent> events(RunRequest request, List<NodeId> nodes) {
    HttpClient http =
        HttpClient.newConnection()
            .headers(headers -> headers.set("Authorization", "Bearer " + token));
    return new RelayClient(http, url(), "test", "relay root").run(request, nodes);
  }

  /** Asks it over HTTP, as the webapp does, and waits for the end. */
  List<RunEvent> trigger(String node, String... conditions) {
    NodeId id = new NodeId(node);
    RunRequest request =
        new RunRequest(
            RunId.random(),
            RunTarget.node(id),
            Stream.of(conditions).map(Condition::new).toList(),
            false,
            true);
    List<RunEvent> events = events(request, List.of(id)).collectList().block(Eventually.DEADLINE);
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
