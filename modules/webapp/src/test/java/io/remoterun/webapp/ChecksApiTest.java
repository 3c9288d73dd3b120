package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testkit.ScriptedRelay;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class ChecksApiTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");

  @TempDir Path folder;

  @Test
  void aRelayThatIsNotThereIsTheFirstThingThatIsWrong() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      HttpResponse<String> answer = check(webapp, "n1");

      assertThat(answer.statusCode()).isEqualTo(200);
      JsonNode json = JsonMapper.shared().readTree(answer.body());
      assertThat(json.path("action").asString()).isEqualTo("checkNode");
      assertThat(json.path("data").path("node").asString()).isEqualTo("n1");
      JsonNode steps = json.path("data").path("steps");
      assertThat(steps.size()).isEqualTo(2);
      assertThat(steps.get(0).path("step").asString()).isEqualTo("resolve");
      assertThat(steps.get(0).path("state").asString()).isEqualTo("ok");
      assertThat(steps.get(1).path("hop").asString()).isEqualTo("webapp");
      assertThat(steps.get(1).path("step").asString()).isEqualTo("connect");
      assertThat(steps.get(1).path("state").asString()).isEqualTo("failed");
      assertThat(steps.get(1).path("words").asString()).contains("relay root at 127.0.0.1:1");
      assertThat(steps.get(1).path("advice").asString()).isEqualTo(Kind.UNREACHABLE.advice());
    }
  }

  @Test
  void aRelayThatRefusesTheTokenAndOneThatKnowsNoChecks() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url())) {
      relay.refuseWith(401);
      assertThat(check(webapp, "n1").body())
          .contains("\"step\":\"access\",\"state\":\"failed\"", "HTTP status 401");
      relay.refuseWith(404);
      assertThat(check(webapp, "n1").body())
          .contains("\"step\":\"access\",\"state\":\"unknown\"", "Rudder's relayd");
      assertThat(relay.wasAsked()).isFalse();
    }
  }

  @Test
  void whatIsNoIdIsTheIdOfNoNode() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      HttpResponse<String> answer = check(webapp, "-f");

      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("Node with id '-f' was not found");
    }
  }

  @Test
  void checksAreAskedForOnlySoOften() throws Exception {
    try (RunningWebapp webapp =
        RunningWebapp.start(folder, NO_RELAY, "security.triggers-per-minute=1")) {
      assertThat(check(webapp, "n1").statusCode()).isEqualTo(200);
      assertThat(check(webapp, "n1").statusCode()).isEqualTo(429);
    }
  }

  private static HttpResponse<String> check(RunningWebapp webapp, String node) throws Exception {
    return webapp.send(webapp.api("nodes/" + node + "/check").POST(BodyPublishers.noBody()));
  }
}
