package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class HealthTest {
  private static final String SECRET = "the-token-of-the-relay";

  @TempDir Path folder;

  private static DisposableServer relay() {
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .handle(
            (request, response) ->
                response
                    .status(
                        request.fullPath().endsWith("/rudder/relay-api/1/system/info")
                                && ("Bearer " + SECRET)
                                    .equals(request.requestHeaders().get("Authorization"))
                            ? 200
                            : 401)
                    .sendString(Mono.just("{}")))
        .bindNow();
  }

  private static URI url(DisposableServer relay) {
    return URI.create("http://127.0.0.1:" + relay.port() + "/rudder/relay-api/1");
  }

  private RunningWebapp start(DisposableServer relay, String token) throws Exception {
    Files.deleteIfExists(folder.resolve("relay-token"));
    Files.writeString(folder.resolve("relay-token"), token);
    Files.setPosixFilePermissions(
        folder.resolve("relay-token"), PosixFilePermissions.fromString("rw-------"));
    return RunningWebapp.start(folder, url(relay));
  }

  private static JsonNode parts(RunningWebapp webapp) throws Exception {
    HttpResponse<String> answer = webapp.send(webapp.api("remote-run-health"));
    return JsonMapper.shared().readTree(answer.body()).path("data").path("components");
  }

  @Test
  void isReadyWithAllThatItNeeds() throws Exception {
    DisposableServer relay = relay();
    try (RunningWebapp webapp = start(relay, SECRET)) {
      HttpResponse<String> ready = webapp.send(webapp.request("/health/ready"));
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).isEqualTo("{\"status\":\"UP\"}");
      JsonNode parts = parts(webapp);
      assertThat(parts.propertyNames())
          .containsExactly("accepts runs", "database", "audit log", "root relay", "node list");
      assertThat(parts.findValuesAsString("status")).containsOnly("UP");
      // What was tried is not left behind.
      assertThat(webapp.send(webapp.api("remote-run-audit")).body())
          .contains("\"entries\"")
          .doesNotContain("tried out");
      assertThat(webapp.send(webapp.api("remote-run-audit/verify")).body()).contains("true");
    } finally {
      relay.disposeNow();
    }
  }

  @Test
  void tellsStrangersOneWordAndWhoMayKnowWhichPartIsDown() throws Exception {
    DisposableServer relay = relay();
    try (RunningWebapp webapp = start(relay, "another")) {
      HttpResponse<String> ready = webapp.send(webapp.request("/health/ready"));
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("{\"status\":\"DOWN\"}");
      assertThat(webapp.send(webapp.request("/health/live")).statusCode()).isEqualTo(200);
      assertThat(parts(webapp).path("root relay").path("details").stringValue())
          .isEqualTo("relay root answered HTTP status 401: it wants another token");
      assertThat(parts(webapp).path("database").path("status").stringValue()).isEqualTo("UP");
    } finally {
      relay.disposeNow();
    }
  }

  @Test
  void isNotReadyWithoutItsNodeList() throws Exception {
    DisposableServer relay = relay();
    try (RunningWebapp webapp = start(relay, SECRET)) {
      Files.delete(folder.resolve("nodeslist.json"));
      assertThat(webapp.send(webapp.request("/health/ready")).statusCode()).isEqualTo(503);
      assertThat(parts(webapp).path("node list").path("details").stringValue())
          .contains("cannot read the node list");
    } finally {
      relay.disposeNow();
    }
  }
}
