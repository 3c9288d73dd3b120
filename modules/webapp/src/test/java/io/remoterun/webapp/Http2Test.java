package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With {@code server.http2.enabled} nothing is read less strictly that says who somebody is. */
@Timeout(60)
class Http2Test {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aTokenThatIsThereTwiceIsRefused(HttpClient.Version version) throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp =
            RunningWebapp.startServer(folder, relay.url(), "http2.enabled=true");
        HttpClient http = HttpClient.newBuilder().version(version).build()) {
      HttpResponse<String> right = send(http, webapp, webapp.token());
      assertThat(right.version()).isEqualTo(version);
      assertThat(right.statusCode()).isEqualTo(200);
      for (String[] tokens :
          new String[][] {
            {webapp.token(), "wrong"}, {"wrong", webapp.token()}, {webapp.token(), webapp.token()}
          }) {
        HttpResponse<String> answer = send(http, webapp, tokens);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("the header X-API-Token is given twice");
      }
      HttpRequest types =
          webapp
              .trigger("")
              .header("Content-Type", "application/json")
              .header("Content-Type", "text/plain")
              .POST(BodyPublishers.ofString("{}"))
              .build();
      assertThat(http.send(types, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(400);
      assertThat(relay.wasAsked()).isFalse();
    }
  }

  private static HttpResponse<String> send(HttpClient http, RunningWebapp webapp, String... tokens)
      throws Exception {
    HttpRequest.Builder request = webapp.request("/rudder/api/latest/nodes");
    for (String token : tokens) {
      request.header("X-API-Token", token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
