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

  private static void assertEnded(JsonNode run) {
    assertThat(run.path("state").asString()).isEqualTo("ended");
    assertThat(run.path("counts").path("agentErrors").asInt()).isEqualTo(1);
    assertThat(run.path("nodes").path(0).path("exitCode").asInt()).isEqualTo(3);
  }
}
