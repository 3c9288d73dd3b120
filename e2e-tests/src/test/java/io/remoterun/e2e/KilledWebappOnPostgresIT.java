package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One of two webapps on one database is killed in a run, and does not come back. */
@NeedsPostgres
@Timeout(120)
class KilledWebappOnPostgresIT {
  @TempDir private Path folder = Path.of("");

  @Test
  void theOtherTakesTheRunOverAndWhoFollowsItThereSeesAllOfIt() throws Exception {
    try (PostgresServer postgres = PostgresServer.start();
        SiteOfOneNode site = new SiteOfOneNode(folder)) {
      String[] settings = {
        "store.url=" + postgres.newDatabase(), "store.user=" + postgres.user(), "store.lease=3s"
      };
      WebappProcess one = site.startWebapp("one", settings);
      WebappProcess other = site.startWebapp("other", settings).await();
      String run = SiteOfOneNode.begin(one.await());
      CompletableFuture<String> follower = other.text(run + "/nodes/node/output");
      one.kill();
      other.awaitLog("goes on: the process that had begun it is gone");
      site.letAgentGoOn();

      assertThat(follower.join()).isEqualTo(SiteOfOneNode.OUTPUT);
      assertThat(other.text(run + "/nodes/node/output").join()).isEqualTo(SiteOfOneNode.OUTPUT);
      JsonNode ended = other.get(run);
      assertThat(ended.path("state").asString()).isEqualTo("ended");
      assertThat(ended.path("nodes").path(0).path("exitCode").asInt()).isEqualTo(3);
    }
  }
}
