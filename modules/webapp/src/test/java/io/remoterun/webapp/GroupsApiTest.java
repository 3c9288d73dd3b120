package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GroupsApiTest {
  @TempDir Path folder;

  @Test
  void groupsAreSavedListedTriggeredAndDeleted() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url())) {
      HttpResponse<String> saved = put(webapp, "web", "{\"query\":\"hostname~one*\"}");
      assertThat(saved.body())
          .isEqualTo(
              "{\"action\":\"saveRemoteRunGroup\",\"result\":\"success\",\"data\":"
                  + "{\"name\":\"web\",\"query\":\"hostname~one*\",\"nodes\":[\"n1\"]}}");
      assertThat(put(webapp, "all", "{\"nodes\":[\"root\"]}").statusCode()).isEqualTo(200);
      assertThat(put(webapp, "all", "{\"nodes\":[\"n1\",\"gone\",\"root\"]}").statusCode())
          .isEqualTo(200);
      assertThat(webapp.send(webapp.api("remote-run-groups")).body())
          .contains(
              "{\"groups\":[{\"name\":\"all\",\"nodes\":[\"n1\",\"root\"]},"
                  + "{\"name\":\"web\",\"query\":\"hostname~one*\",\"nodes\":[\"n1\"]}]}");

      HttpResponse<String> run = trigger(webapp, "web");
      assertThat(run.statusCode()).isEqualTo(202);
      assertThat(run.body()).contains("\"targets\":{\"group\":\"web\"}");
      ScriptedRelay.Asked asked = relay.asked();
      assertThat(asked.form()).endsWith("nodes=n1");
      asked.says(new RunEvent.Finished(new NodeId("n1"), ExitStatus.code(0))).end();

      assertThat(webapp.send(webapp.api("remote-run-groups/web").DELETE()).statusCode())
          .isEqualTo(200);
      assertThat(webapp.send(webapp.api("remote-run-groups/web").DELETE()).statusCode())
          .isEqualTo(404);
      assertThat(trigger(webapp, "web").body()).contains("Group 'web' was not found");

      for (String bad :
          new String[] {"{}", "{\"nodes\":[],\"query\":\"a=b\"}", "{\"query\":\"(\"}"}) {
        assertThat(put(webapp, "bad", bad).statusCode()).isEqualTo(400);
      }
      assertThat(put(webapp, "a%20b", "{\"nodes\":[]}").body()).contains("invalid group name: a b");
      assertThat(put(webapp, "..%2Fa", "{\"nodes\":[]}").statusCode()).isIn(400, 404);
    }
    try (RunningWebapp webapp =
        RunningWebapp.start(folder, URI.create("http://127.0.0.1:1/rudder/relay-api"))) {
      assertThat(webapp.send(webapp.api("remote-run-groups")).body()).contains("\"name\":\"all\"");
    }
  }

  private static HttpResponse<String> put(RunningWebapp webapp, String name, String body)
      throws Exception {
    return webapp.send(
        webapp
            .api("remote-run-groups/" + name)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> trigger(RunningWebapp webapp, String group) throws Exception {
    return webapp.send(
        webapp
            .api("remote-runs")
            .POST(BodyPublishers.ofString("{\"targets\":{\"group\":\"" + group + "\"}}")));
  }
}
