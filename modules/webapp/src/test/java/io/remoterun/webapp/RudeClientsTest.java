package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.MayLeave;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@MayLeave("Reactor Netty and Spring tell some errors once more than is listened to")
class RudeClientsTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");

  @TempDir Path folder;

  @Test
  void whoDoesNotFinishARequestIsAnswered408AndHasNoConnectionAnyMore() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY, "request-timeout=200ms")) {
      String request =
          "POST /rudder/api/nodes/n1/applyPolicy HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
              + "X-API-Token: "
              + webapp.token()
              + "\r\n\r\n";
      assertThat(RawHttp.exchange(webapp.url(), request))
          .startsWith("HTTP/1.1 408 ")
          .contains("the request took too long");
    }
  }

  @Test
  void aMalformedFormSignsNobodyIn() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY);
        RunningWebapp.Browser browser = webapp.browser()) {
      browser.get("/login");
      HttpResponse<String> answer =
          browser.post("/login", "_csrf=" + browser.csrf() + "&password=%zz");
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("malformed form: URLDecoder");
      assertThat(browser.cookies()).doesNotContainKey("REMOTE_RUN_SESSION");
    }
  }
}
