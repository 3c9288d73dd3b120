package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.keys.KeyHash;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.TestHost;
import io.remoterun.webapp.WebappConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs as resources, over a real relay and a real node: n1 is one, nothing listens at n2. */
@Timeout(120)
class RunsApiIT {
  private static final int NOTHING_LISTENS = 1;

  @TempDir private Path folder = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path go = Path.of("");
  private URI api = URI.create("");
  private String token = "";
  private HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void starts() throws Exception {
    go = folder.resolve("go");
    TestHost relayHost = TestHost.make(folder, "relay");
    CfengineHost host = CfengineHost.on(TestHost.make(folder, "n1"));
    Path agent =
        host.script(
            "agent", "echo one; while [ ! -e " + go + " ]; do sleep 0.05; done; echo two\n");
    OurNode node = opened(OurNode.start(host.keys(), agent, relayHost));
    KeyHash key = KeyHash.of(host.keys().key().publicKey());
    OurRelay relay =
        opened(
            OurRelay.start(
                relayHost,
                new OurRelay.Node("n1", node.port(), key),
                new OurRelay.Node("n2", NOTHING_LISTENS, key)));
    startWebapp(relay);
  }

  private <T extends AutoCloseable> T opened(T it) {
    open.add(it);
    return it;
  }

  private void startWebapp(OurRelay relay) throws IOException {
    Path relayToken =
        Files.createFile(
            folder.resolve("relay-token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(relayToken, relay.token());
    Path nodes =
        Files.writeString(
            folder.resolve("webapp-nodes.json"),
            """
            {"n1":{"hostname":"one.example","policy-server":"root"},
             "n2":{"hostname":"two.example","policy-server":"root"}}
            """);
    ConfigurableApplicationContext webapp =
        opened(
            new SpringApplicationBuilder(WebappConfiguration.class)
                .profiles("webapp")
                .run(
                    "--server.port=0",
                    "--server.shutdown=immediate",
                    "--spring.main.banner-mode=off",
                    "--remote-run.webapp.token-file=" + folder.resolve("token"),
                    "--remote-run.webapp.nodes-list-file=" + nodes,
                    "--remote-run.webapp.relay.url=" + relay.url(),
                    "--remote-run.webapp.relay.token-file=" + relayToken,
                    "--remote-run.webapp.store.folder=" + folder.resolve("store")));
    api =
        URI.create(
            "http://127.0.0.1:"
                + webapp.getEnvironment().getRequiredProperty("local.server.port")
                + "/rudder/api/latest/");
    token = Files.readString(folder.resolve("token")).strip();
  }

  @AfterEach
  void stops() throws Exception {
    Files.writeString(go, "");
    http.close();
    for (AutoCloseable it : open.reversed()) {
      it.close();
    }
  }

  @Test
  void aRunIsFollowedAgainAfterALostConnectionRetriedAndCancelled() throws Exception {
    String id = start("{\"targets\":{\"all\":true}}");
    String last;
    // A connection that is lost in the middle of the run.
    try (HttpClient client = HttpClient.newHttpClient()) {
      last = idOf(lineWith("\"text\":\"one\\n\"", events(client, id, "0")));
      client.shutdownNow();
    }
    Files.writeString(go, "");
    try (BufferedReader rest = events(http, id, last)) {
      List<String> lines = rest.lines().filter(line -> !line.contains("heartbeat")).toList();
      assertThat(lines).noneMatch(line -> line.contains("one\\n"));
      assertThat(lines).anyMatch(line -> line.contains("two\\n"));
      assertThat(lines.getLast())
          .contains("\"event\":\"summary\",\"targets\":2", "\"succeeded\":1", "\"failed\":1");
    }
    JsonNode ended = get("remote-runs/" + id + "?nodes=failed");
    assertThat(ended.path("state").asString()).isEqualTo("ended");
    assertThat(ended.path("nodes").path(0).path("failure").path("kind").asString())
        .isEqualTo("UNREACHABLE");

    JsonNode retried = ask(request("remote-runs/" + id + "/retry").POST(BodyPublishers.noBody()));
    assertThat(retried.path("targets")).hasToString("{\"nodes\":[\"n2\"]}");
    assertThat(retried.path("retryOf").asString()).isEqualTo(id);

    Files.delete(go);
    String endless = start("{\"targets\":{\"nodes\":[\"n1\"]}}");
    try (BufferedReader lines = events(http, endless, "0")) {
      lineWith("one\\n", lines);
      JsonNode cancelled = ask(request("remote-runs/" + endless).DELETE());
      assertThat(cancelled.path("state").asString()).isEqualTo("ended");
      assertThat(cancelled.path("nodes").path(0).path("state").asString()).isEqualTo("stopped");
      assertThat(lineWith("summary", lines)).contains("\"stopped\":1");
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.resolve(path)).header("X-API-Token", token);
  }

  private JsonNode ask(HttpRequest.Builder request) throws Exception {
    String body = http.send(request.build(), BodyHandlers.ofString()).body();
    JsonNode json = JsonMapper.shared().readTree(body);
    assertThat(json.path("result").asString()).as(body).isEqualTo("success");
    return json.path("data");
  }

  private JsonNode get(String path) throws Exception {
    return ask(request(path));
  }

  private String start(String body) throws Exception {
    return ask(request("remote-runs").POST(BodyPublishers.ofString(body))).path("id").asString();
  }

  private BufferedReader events(HttpClient client, String id, String last) throws Exception {
    HttpRequest request =
        request("remote-runs/" + id + "/events")
            .header("Accept", "application/x-ndjson")
            .header("Last-Event-ID", last)
            .build();
    return new BufferedReader(
        new InputStreamReader(
            client.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
  }

  private static String lineWith(String part, BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("the events ended without " + part);
  }

  private static String idOf(String line) {
    return JsonMapper.shared().readTree(line).path("id").asString();
  }
}
