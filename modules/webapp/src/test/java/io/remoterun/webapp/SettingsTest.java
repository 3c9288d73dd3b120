package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.ScriptedRelay;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;

@Timeout(60)
class SettingsTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");

  @TempDir Path folder;

  @Test
  void listsTheNodesOfTheFileAsItIsNow() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      assertThat(nodes(webapp).body())
          .isEqualTo(
              "{\"action\":\"listAcceptedNodes\",\"result\":\"success\",\"data\":{\"nodes\":["
                  + "{\"id\":\"root\",\"hostname\":\"server.example\",\"policyServerId\":\"root\"},"
                  + "{\"id\":\"n1\",\"hostname\":\"one.example\",\"policyServerId\":\"root\"}]}}");

      Files.writeString(folder.resolve("nodeslist.json"), "{}");
      assertThat(nodes(webapp).body()).contains("\"data\":{\"nodes\":[]}");

      Files.writeString(folder.resolve("nodeslist.json"), "{");
      assertThat(nodes(webapp).statusCode()).isEqualTo(500);
      assertThat(nodes(webapp).body())
          .contains("\"action\":\"listAcceptedNodes\",\"result\":\"error\"")
          .contains("webapp: cannot read the node list");
    }
  }

  @Test
  void canBeToldToAnswer500ForUnknownNodes() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp =
            RunningWebapp.start(folder, relay.url(), "compatibility.status-500=true")) {
      NodeId node = new NodeId("n1");
      var answer = webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofString());
      RunFailure unknown = new RunFailure(RunFailure.Kind.UNKNOWN_NODE, "relay root", "unknown");
      relay.asked().says(new RunEvent.Failed(node, unknown)).end();
      assertThat(answer.get().statusCode()).isEqualTo(500);
      assertThat(answer.get().body()).contains("Node with id 'n1' was not found");
    }
  }

  @Test
  void saysThatTheRelayCannotBeReached() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      HttpResponse<String> answer = webapp.send(webapp.trigger(""));
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("webapp: cannot connect to relay root at 127.0.0.1:1");
    }
  }

  @Test
  void isGoneSoonAfterItsLastAnswerUnlessNettyIsToldToWait() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      assertThat(quietPeriod(webapp)).isEqualTo(Duration.ofMillis(100));
    }
    String longer = "--spring.reactor.netty.shutdown-quiet-period=200ms";
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY, longer)) {
      assertThat(quietPeriod(webapp)).isEqualTo(Duration.ofMillis(200));
    }
  }

  private static @Nullable Duration quietPeriod(RunningWebapp webapp) {
    return webapp.bean(ReactorNettyProperties.class).getShutdownQuietPeriod();
  }

  private static HttpResponse<String> nodes(RunningWebapp webapp) throws Exception {
    return webapp.send(
        webapp.request("/rudder/api/latest/nodes").header("X-API-Token", webapp.token()));
  }
}
