package io.remoterun.e2e;

import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.WebappConfiguration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A webapp in this JVM, whose root relay plays a script. It knows four nodes, one behind a relay,
 * or those that it is told.
 */
final class ScriptedWebapp implements AutoCloseable {
  static final String NODES =
      """
      {"root":{"hostname":"server.example","policy-server":"root"},
       "r1":{"hostname":"relay.example","policy-server":"root"},
       "n1":{"hostname":"one.example","policy-server":"r1"},
       "n2":{"hostname":"two.example","policy-server":"root"}}
      """;

  private final ScriptedRelay relay;
  private final ConfigurableApplicationContext context;
  private final String token;

  private ScriptedWebapp(
      ScriptedRelay relay, ConfigurableApplicationContext context, String token) {
    this.relay = relay;
    this.context = context;
    this.token = token;
  }

  static ScriptedWebapp start(Path folder) throws IOException {
    return start(folder, NODES);
  }

  /**
   * @param nodes the root server's node list
   */
  static ScriptedWebapp start(Path folder, String nodes) throws IOException {
    ScriptedRelay relay = new ScriptedRelay();
    Path token = folder.resolve("token");
    Path list = Files.writeString(folder.resolve("nodeslist.json"), nodes);
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(WebappConfiguration.class)
            .profiles("webapp")
            .run(
                "--server.port=0",
                "--server.shutdown=immediate",
                "--spring.main.banner-mode=off",
                "--remote-run.webapp.token-file=" + token,
                "--remote-run.webapp.nodes-list-file=" + list,
                "--remote-run.webapp.relay.url=" + relay.url(),
                "--remote-run.webapp.store.folder=" + folder.resolve("store"),
                "--remote-run.webapp.relay.token-file=" + folder.resolve("relay-token"));
    return new ScriptedWebapp(relay, context, Files.readString(token).strip());
  }

  ScriptedRelay relay() {
    return relay;
  }

  String url() {
    return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port");
  }

  InetSocketAddress address() {
    URI url = URI.create(url());
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  String token() {
    return token;
  }

  /** Asks its API, as a program with the system token. */
  JsonNode ask(String method, String path) throws IOException, InterruptedException {
    return ask(method, path, "");
  }

  /** Has its API do something, as a program with the system token. */
  JsonNode ask(String method, String path, String json) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + "/rudder/api/latest/" + path))
            .header("X-API-Token", token)
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (!json.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IOException(answer.statusCode() + ": " + answer.body());
      }
      return JsonMapper.shared().readTree(answer.body());
    }
  }

  @Override
  public void close() {
    context.close();
    relay.close();
  }
}
