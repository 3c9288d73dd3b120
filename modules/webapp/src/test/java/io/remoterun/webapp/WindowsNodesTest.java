package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Nodes whose agent cannot be triggered: n1 is one, root is not. */
@Timeout(60)
class WindowsNodesTest {
  private static final String WORDS =
      "Node with id 'n1' has an agent type (Rudder Windows) which doesn't support remote run";

  @TempDir Path folder;
  private final ScriptedRelay relay = new ScriptedRelay();
  private Path properties;

  @BeforeEach
  void write() throws Exception {
    // As Rudder's API of nodes tells it.
    properties =
        Files.writeString(
            folder.resolve("properties.json"),
            "{\"n1\":{\"managementTechnology\":[{\"name\":\"Rudder"
                + " Windows\",\"version\":\"9.2\"}]},"
                + "\"root\":{\"managementTechnology\":[{\"name\":\"Rudder\"}]}}");
  }

  @AfterEach
  void close() {
    relay.close();
  }

  private RunningWebapp webapp(String... more) throws Exception {
    String file = "node-properties-file=" + properties;
    return more.length == 0
        ? RunningWebapp.start(folder, relay.url(), file)
        : RunningWebapp.start(folder, relay.url(), file, more[0]);
  }

  @Test
  void areRefusedInRuddersWords() throws Exception {
    try (RunningWebapp webapp = webapp()) {
      HttpResponse<String> answer = webapp.send(webapp.trigger(""));
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body())
          .isEqualTo(
              "{\"action\":\"applyPolicy\",\"result\":\"error\",\"errorDetails\":\""
                  + WORDS
                  + "\"}");
      HttpResponse<String> events =
          webapp.send(webapp.trigger("").header("Accept", "application/x-ndjson"));
      assertThat(events.statusCode()).isEqualTo(409);
      assertThat(relay.wasAsked()).isFalse();
    }
  }

  @Test
  void areRefusedWithRuddersStatusIfItIsToldTo() throws Exception {
    try (RunningWebapp webapp = webapp("compatibility.status-500=true")) {
      HttpResponse<String> answer = webapp.send(webapp.trigger(""));
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains(WORDS);
    }
  }

  @Test
  void haveFailedInATriggerOfAllNodesAndTheRelayDoesNotHearOfThem() throws Exception {
    try (RunningWebapp webapp = webapp()) {
      var answer =
          webapp.sendAsync(
              webapp.api("nodes/applyPolicy").POST(BodyPublishers.noBody()),
              BodyHandlers.ofString());
      ScriptedRelay.Asked asked = relay.asked();
      assertThat(asked.form()).endsWith("&nodes=root");
      asked.says(finished()).end();
      JsonNode nodes = JsonMapper.shared().readTree(answer.get().body()).path("data");
      assertThat(nodes.findValuesAsString("result")).containsExactly("Started", "Failed");
      assertThat(nodes.path(1).path("errorDetails").asString()).contains(WORDS);
    }
  }

  @Test
  void haveFailedInARunAndDoNotStopIt() throws Exception {
    try (RunningWebapp webapp = webapp()) {
      String id = start(webapp, "{\"targets\":{\"all\":true},\"stopAfter\":1}");
      relay.asked().says(finished()).end();
      String events = webapp.send(webapp.api("remote-runs/" + id + "/events")).body();
      assertThat(events).contains("\"succeeded\":1", "\"failed\":1");
      JsonNode failure =
          data(webapp.send(webapp.api("remote-runs/" + id + "?nodes=failed")))
              .path("nodes")
              .path(0)
              .path("failure");
      assertThat(failure.path("kind").asString()).isEqualTo("UNSUPPORTED");
      assertThat(failure.path("hop").asString()).isEqualTo("webapp");
      assertThat(failure.path("reason").asString()).isEqualTo(WORDS);

      String alone = start(webapp, "{\"targets\":{\"nodes\":[\"n1\"]}}");
      assertThat(webapp.send(webapp.api("remote-runs/" + alone + "/events")).body())
          .contains("\"targets\":1", "\"failed\":1");
      assertThat(relay.wasAsked()).isFalse();
    }
  }

  private static String start(RunningWebapp webapp, String body) throws Exception {
    return data(webapp.send(
            webapp
                .api("remote-runs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))))
        .path("id")
        .asString();
  }

  private static JsonNode data(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("data");
  }

  private static RunEvent finished() {
    return new RunEvent.Finished(NodeId.ROOT, ExitStatus.code(0));
  }
}
