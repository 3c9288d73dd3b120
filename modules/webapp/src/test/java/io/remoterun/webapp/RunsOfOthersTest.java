package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an account sees and may do whose rights are limited to a group, in which only n1 is. */
@Timeout(60)
class RunsOfOthersTest {
  private static final NodeId N1 = new NodeId("n1");

  @TempDir Path folder;
  private final ScriptedRelay relay = new ScriptedRelay();
  private RunningWebapp webapp;
  private String limited = "";

  @BeforeEach
  void start() throws Exception {
    webapp = RunningWebapp.start(folder, relay.url());
    String system = webapp.token();
    send(system, put("remote-run-groups/web", "{\"nodes\":[\"n1\"]}"), 200);
    JsonNode account =
        send(
            system,
            post(
                "remote-run-accounts",
                "{\"name\":\"anna\",\"rights\":{\"run:read\":[\"web\"],\"run:trigger\":[\"web\"],"
                    + "\"run:cancel\":[\"web\"]}}"),
            201);
    limited = account.findValuesAsString("token").getFirst();
  }

  @AfterEach
  void stop() {
    webapp.close();
    relay.close();
  }

  @Test
  void nodesOutsideOfTheGroupDoNotExist() throws Exception {
    assertThat(send(limited, webapp.request("/rudder/api/nodes"), 200).findValuesAsString("id"))
        .containsExactly("n1");
    send(limited, post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\",\"root\"]}}"), 404);
    send(limited, post("nodes/root/applyPolicy", ""), 404);
    send(limited, post("remote-runs", "{\"targets\":{\"query\":\"id=root\"}}"), 400);
    assertThat(relay.wasAsked()).isFalse();

    send(limited, post("remote-runs", "{\"targets\":{\"all\":true}}"), 202);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).endsWith("nodes=n1");
    asked.says(finished(N1)).end();
  }

  @Test
  void conditionsAreARightOfTheirOwn() throws Exception {
    send(
        limited,
        post("remote-runs", "{\"targets\":{\"nodes\":[\"n1\"]},\"conditions\":[\"a\"]}"),
        403);
    send(limited, post("nodes/n1/applyPolicy?classes=a", ""), 403);
    assertThat(relay.wasAsked()).isFalse();
  }

  @Test
  void ofARunOfMoreNodesItSeesItsOwn() throws Exception {
    String id = start("{\"all\":true}");
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(output(NodeId.ROOT, "secret\n")).says(output(N1, "OK\n"));
    send(limited, api("remote-runs/" + id).DELETE(), 403);
    asked.says(finished(NodeId.ROOT)).says(finished(N1)).end();

    HttpResponse<String> events = answer(limited, api("remote-runs/" + id + "/events"));
    assertThat(events.body())
        .contains("OK\\n", "\"targets\":1,\"waiting\":0,\"running\":0,\"succeeded\":1")
        .doesNotContain("secret", "root");
    JsonNode run = send(limited, api("remote-runs/" + id), 200);
    assertThat(run.path("counts").path("targets").asInt()).isEqualTo(1);
    assertThat(run.path("nodes").findValuesAsString("id")).containsExactly("n1");
    JsonNode list = send(limited, api("remote-runs"), 200);
    assertThat(list.path("runs").path(0).path("counts").path("targets").asInt()).isEqualTo(1);
    send(limited, api("remote-runs/" + id + "/nodes/root/output"), 404);
    assertThat(answer(limited, api("remote-runs/" + id + "/nodes/n1/output")).body())
        .isEqualTo("OK\n");
  }

  @Test
  void ofNodesItIsToldTheNewestRunOfThoseWhoseRunsItMayRead() throws Exception {
    start("{\"all\":true}");
    relay.asked().says(finished(NodeId.ROOT)).says(finished(N1)).end();
    String newer = start("{\"nodes\":[\"root\"]}");
    relay.asked().says(finished(NodeId.ROOT)).end();
    JsonNode nodes = send(limited, api("nodes?lastRuns=true"), 200).path("nodes");
    assertThat(nodes.findValuesAsString("hostname")).containsExactly("one.example");
    assertThat(nodes.path(0).path("lastRun").path("id").asString())
        .isNotEmpty()
        .isNotEqualTo(newer);

    String triggers =
        send(
                webapp.token(),
                post(
                    "remote-run-accounts",
                    "{\"name\":\"bert\",\"rights\":{\"run:trigger\":[\"web\"]}}"),
                201)
            .findValuesAsString("token")
            .getFirst();
    JsonNode seen = send(triggers, api("nodes?lastRuns=true"), 200).path("nodes");
    assertThat(seen.findValuesAsString("hostname")).containsExactly("one.example");
    assertThat(seen.path(0).has("lastRun")).isFalse();
  }

  @Test
  void aRunOfOtherNodesDoesNotExist() throws Exception {
    String id = start("{\"nodes\":[\"root\"]}");
    relay.asked().says(finished(NodeId.ROOT)).end();
    for (String path : new String[] {"", "/events", "/nodes/root/output"}) {
      send(limited, api("remote-runs/" + id + path), 404);
    }
    send(limited, api("remote-runs/" + id).DELETE(), 404);
    send(limited, post("remote-runs/" + id + "/retry", ""), 404);
    assertThat(send(limited, api("remote-runs"), 200).path("total").asInt()).isZero();
    assertThat(send(limited, api("remote-runs?node=root"), 200).path("total").asInt()).isZero();
  }

  private String start(String targets) throws Exception {
    return send(webapp.token(), post("remote-runs", "{\"targets\":" + targets + "}"), 202)
        .path("id")
        .asString();
  }

  private HttpRequest.Builder api(String path) {
    return webapp.request("/rudder/api/latest/" + path);
  }

  private HttpRequest.Builder post(String path, String body) {
    return api(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder put(String path, String body) {
    return api(path).header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> answer(String token, HttpRequest.Builder request) throws Exception {
    return webapp.send(request.header("X-API-Token", token));
  }

  private JsonNode send(String token, HttpRequest.Builder request, int status) throws Exception {
    HttpResponse<String> answer = answer(token, request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(answer.body()).path("data");
  }

  private static RunEvent output(NodeId node, String text) {
    return new RunEvent.Output(node, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(NodeId node) {
    return new RunEvent.Finished(node, ExitStatus.code(0));
  }
}
