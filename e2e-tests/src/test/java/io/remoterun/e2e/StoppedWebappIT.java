package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testing.Eventually;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The webapp is asked to end in the middle of a run, as systemd does it. */
@Timeout(120)
class StoppedWebappIT {
  private static final int SIGTERM = 128 + 15;

  @TempDir private Path folder = Path.of("");

  @Test
  void followersGetALastLineAndTheNextStartGoesOn() throws Exception {
    try (SiteOfOneNode site = new SiteOfOneNode(folder)) {
      WebappProcess webapp = site.startWebapp("webapp", "shutdown-wait=1s").await();
      String run = SiteOfOneNode.begin(webapp);
      CompletableFuture<String> events = webapp.text(run + "/events");
      CompletableFuture<String> output = webapp.text(run + "/nodes/node/output");
      Eventually.await(
          "both follow", () -> metrics(webapp).contains("_followers 2.0"), () -> metrics(webapp));

      webapp.terminate();
      assertThat(events.join()).endsWith("}\n");
      assertThat(events.join().lines().toList().getLast()).startsWith("{\"event\":\"stopped\"");
      assertThat(output.join())
          .contains("the webapp was stopped before the run had ended")
          .endsWith("\n");
      assertThat(webapp.exit()).isEqualTo(SIGTERM);

      WebappProcess next = site.startWebapp("webapp").await();
      assertThat(next.get(run).path("state").asString()).isEqualTo("running");
      site.letAgentGoOn();
      assertThat(next.text(run + "/nodes/node/output").join()).isEqualTo(SiteOfOneNode.OUTPUT);
      assertThat(next.get(run).path("counts").path("agentErrors").asInt()).isEqualTo(1);
    }
  }

  @Test
  void newRunsAreRefusedAndOneThatEndsInTimeIsToldToItsEnd() throws Exception {
    try (SiteOfOneNode site = new SiteOfOneNode(folder)) {
      WebappProcess webapp = site.startWebapp("webapp", "shutdown-wait=60s").await();
      String run = SiteOfOneNode.begin(webapp);
      CompletableFuture<String> events = webapp.text(run + "/events");
      Eventually.await(
          "it follows", () -> metrics(webapp).contains("_followers 1.0"), () -> metrics(webapp));

      webapp.terminate();
      webapp.awaitLog("takes no new runs");
      HttpResponse<String> refused = webapp.trigger("{\"targets\":{\"nodes\":[\"node\"]}}");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body()).contains("the webapp is being stopped");

      site.letAgentGoOn();
      assertThat(events.join().lines().toList().getLast()).startsWith("{\"event\":\"summary\"");
      assertThat(webapp.exit()).isEqualTo(SIGTERM);
    }
  }

  private static String metrics(WebappProcess webapp) {
    try {
      return webapp.text("remote-run-metrics").join();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
