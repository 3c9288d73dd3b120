package io.remoterun.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.relay.api.RelayServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Two roles in one process have what is theirs, and nothing of the other's. */
class RolesTogetherTest {
  @TempDir Path folder;

  @Test
  void aWebappAndARelayDoNotGetIntoEachOthersWay() throws Exception {
    Path nodes =
        Files.writeString(
            folder.resolve("nodes.json"),
            "{\"root\":{\"hostname\":\"127.0.0.1\",\"policy-server\":\"root\"}}");
    List<String> settings =
        List.of(
            "--spring.profiles.active=webapp,relay",
            "--server.port=0",
            "--server.shutdown=immediate",
            "--remote-run.webapp.token-file=" + folder.resolve("token"),
            "--remote-run.webapp.nodes-list-file=" + nodes,
            "--remote-run.webapp.store.folder=" + folder.resolve("store"),
            "--remote-run.relay.id=root",
            "--remote-run.relay.nodes-list-file=" + nodes,
            "--remote-run.relay.keys=" + folder.resolve("keys"),
            "--remote-run.relay.http.listen=127.0.0.1:0",
            "--remote-run.relay.http.token-file=" + folder.resolve("relay-token"),
            "--remote-run.relay.reload-on-hangup=false");
    try (HttpClient http = HttpClient.newHttpClient();
        ConfigurableApplicationContext context =
            new SpringApplication(RemoteRunApplication.class)
                .run(settings.toArray(String[]::new))) {
      int webapp = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
      int relay = context.getBean(RelayServers.class).http().getPort();
      assertThat(status(http, webapp, "/health/live")).isEqualTo(200);
      assertThat(status(http, relay, "/health/ready")).isEqualTo(200);
      assertThat(status(http, relay, "/metrics")).isEqualTo(401);
      assertThat(status(http, webapp, "/metrics")).isNotEqualTo(200);
    }
  }

  private static int status(HttpClient http, int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }
}
