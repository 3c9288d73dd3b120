package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The webapp is killed in a run and started again: no run stays running for ever. */
@Timeout(120)
class KilledWebappIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void aRunGoesOnIfTheRelayKnowsItAndEndsWithAReasonIfNot() throws Exception {
    try (SiteOfOneNode site = new SiteOfOneNode(folder)) {
      WebappProcess webapp = site.startWebapp("webapp").await();
      String known = SiteOfOneNode.begin(webapp);
      webapp.kill();
      webapp = site.startWebapp("webapp").await();
      assertThat(webapp.get(known).path("state").asString()).isEqualTo("running");
      site.letAgentGoOn();
      assertThat(webapp.text(known + "/nodes/node/output").join()).isEqualTo(SiteOfOneNode.OUTPUT);
      assertEnded(webapp.get(known));

      String forgotten = SiteOfOneNode.begin(webapp);
      webapp.kill();
      site.restartRelay();
      webapp = site.startWebapp("webapp").await();
      // What was printed in the last moment may not be in the database.
      assertThat(SiteOfOneNode.OUTPUT)
          .startsWith(webapp.text(forgotten + "/nodes/node/output").join());
      JsonNode run = webapp.get(forgotten);
      assertThat(run.path("state").asString()).isEqualTo("ended");
      JsonNode failure = run.path("nodes").path(0).path("failure");
      assertThat(failure.path("kind").asString()).isEqualTo("INTERRUPTED");
      assertThat(failure.path("reason").asString()).contains("is not known here");

      // The first one is in the database only, by now.
      assertThat(webapp.text(known + "/nodes/node/output").join()).isEqualTo(SiteOfOneNode.OUTPUT);
      assertEnded(webapp.get(known));
    }
  }

  @Test
  void aRunNodeByNodeGoesOnWithTheNodesThatHadBegun() throws Exception {
    try (SiteOfOneNode site = new SiteOfOneNode(folder)) {
      WebappProcess webapp = site.startWebapp("webapp").await();
      String run =
          SiteOfOneNode.begin(
              webapp, "{\"targets\":{\"nodes\":[\"node\",\"later\"]},\"concurrency\":1}");
      webapp.kill();
      webapp = site.startWebapp("webapp").await();
      assertThat(webapp.get(run).path("state").asString()).isEqualTo("running");
      site.letAgentGoOn();
      assertThat(webapp.text(run + "/nodes/node/output").join()).isEqualTo(SiteOfOneNode.OUTPUT);
      webapp.text(run + "/events").join();
      JsonNode ended = webapp.get(run);
      assertEnded(ended);
      assertThat(ended.path("counts").path("failed").asInt()).isEqualTo(1);
      JsonNode later = ended.path("nodes").path(1);
      assertThat(later.path("id").asString()).isEqualTo("later");
      assertThat(later.path("failure").path("kind").asString()).isEqualTo("INTERRUPTED");
    }
  }

  private static void assertEnded(JsonNode run) {
    assertThat(run.path("state").asString()).isEqualTo("ended");
    assertThat(run.path("counts").path("agentErrors").asInt()).isEqualTo(1);
    assertThat(run.path("nodes").path(0).path("exitCode").asInt()).isEqualTo(3);
  }
}
