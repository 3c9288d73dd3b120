package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApplyPolicyToAllTest {
  private static final NodeId N1 = new NodeId("n1");

  @TempDir Path folder;

  @Test
  void saysOfEachNodeWhetherItsAgentHasStartedAsSoonAsThatIsKnown() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url(), "api.start-wait=1h")) {
      var answer =
          webapp.sendAsync(
              webapp.api("nodes/applyPolicy?classes=a").POST(BodyPublishers.noBody()),
              BodyHandlers.ofString());
      ScriptedRelay.Asked asked = relay.asked();
      assertThat(asked.form())
          .isEqualTo("asynchronous=true&keep_output=true&output=none&classes=a&nodes=root%2Cn1");
      asked.says(new RunEvent.Started(N1, "agent"));
      assertThat(answer.isDone()).isFalse();
      asked.says(
          new RunEvent.Failed(
              NodeId.ROOT, new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "no answer")));
      HttpResponse<String> all = answer.get();
      assertThat(all.statusCode()).isEqualTo(200);
      assertThat(all.headers().firstValue("X-Run-Id")).contains("" + asked.header("X-Run-Id"));
      assertThat(all.body())
          .isEqualTo(
              "{\"action\":\"applyPolicyAllNodes\",\"result\":\"success\",\"data\":["
                  + "{\"id\":\"root\",\"hostname\":\"server.example\",\"result\":\"Failed\","
                  + "\"errorDetails\":\"relay root: no answer (check that the machine is up, its"
                  + " service runs and no firewall is between)\"},"
                  + "{\"id\":\"n1\",\"hostname\":\"one.example\",\"result\":\"Started\"}]}");
      asked.says(new RunEvent.Finished(N1, ExitStatus.code(0))).end();
    }
  }

  @Test
  void waitsNoLongerThanItIsTold() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url(), "api.start-wait=1ms")) {
      HttpResponse<String> all =
          webapp.send(webapp.api("nodes/applyPolicy").POST(BodyPublishers.noBody()));
      assertThat(all.body())
          .contains("\"id\":\"n1\",\"hostname\":\"one.example\",\"result\":\"Waiting\"");
      relay
          .asked()
          .says(new RunEvent.Finished(N1, ExitStatus.code(0)))
          .says(new RunEvent.Finished(NodeId.ROOT, ExitStatus.code(0)))
          .end();
    }
  }

  @Test
  void ofNoNodesNoneHasStarted() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url())) {
      Files.writeString(folder.resolve("nodeslist.json"), "{}");
      HttpResponse<String> all =
          webapp.send(webapp.api("nodes/applyPolicy").POST(BodyPublishers.noBody()));
      assertThat(all.body()).endsWith("\"result\":\"success\",\"data\":[]}");
      assertThat(relay.wasAsked()).isFalse();
    }
  }

  @Test
  void servesTheVersionsThatItIsToldTo() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp =
            RunningWebapp.start(
                folder, relay.url(), "api.oldest-version=14", "api.newest-version=20")) {
      String said = "of the API is not available, but 14 to 20 and latest are";
      HttpResponse<String> path =
          webapp.send(webapp.request("/rudder/api/21/nodes").header("X-API-Token", webapp.token()));
      assertThat(path.statusCode()).isEqualTo(404);
      assertThat(path.body()).contains("version 21 " + said);
      for (String escaped :
          new String[] {
            "/rudder/api/%321/nodes", "/rudder/%61pi/21/nodes", "/rudder/api/2%31/nodes"
          }) {
        assertThat(
                webapp.send(webapp.request(escaped).header("X-API-Token", webapp.token())).body())
            .contains("version 21 " + said);
      }
      for (String version : new String[] {"13", "x", "1.0", "-14", ""}) {
        HttpResponse<String> header =
            webapp.send(
                webapp
                    .request("/rudder/api/nodes")
                    .header("X-API-Token", webapp.token())
                    .header("X-API-Version", version));
        assertThat(header.statusCode()).isEqualTo(400);
        assertThat(header.body()).contains("invalid header X-API-Version", said);
      }
      for (String version : new String[] {"14", "20", "latest"}) {
        assertThat(
                webapp
                    .send(
                        webapp
                            .request("/rudder/api/nodes")
                            .header("X-API-Token", webapp.token())
                            .header("X-API-Version", version))
                    .statusCode())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void answersAnUnknownVersionInTheHeaderWithRuddersStatusIfItIsToldTo() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp =
            RunningWebapp.start(folder, relay.url(), "compatibility.status-500=true")) {
      for (String version : new String[] {"13", "25"}) {
        HttpResponse<String> header =
            webapp.send(
                webapp
                    .request("/rudder/api/nodes")
                    .header("X-API-Token", webapp.token())
                    .header("X-API-Version", version));
        assertThat(header.statusCode()).isEqualTo(500);
        assertThat(header.body()).contains("14 to 24 and latest are");
      }
    }
  }
}
