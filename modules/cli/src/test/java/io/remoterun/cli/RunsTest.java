package io.remoterun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Terminal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunsTest {
  private static final String NODES =
      "{\"nodes\":[{\"id\":\"n1\",\"hostname\":\"web.example\",\"policyServerId\":\"root\"}]}";
  private static final String RUN =
      "{\"id\":\"0123456789\",\"state\":\"ended\",\"targets\":{\"nodes\":[\"%s\"]}}";

  @Test
  void aRunOfOneNodeIsListedWithItsHostName() throws Exception {
    try (AnsweringWebapp webapp = AnsweringWebapp.http()) {
      webapp
          .says("nodes", NODES)
          .says(
              "remote-runs",
              "{\"runs\":[" + RUN.formatted("n1") + "," + RUN.formatted("gone") + "]}");

      Ran ran =
          Ran.with(
              "",
              Terminal.NONE,
              Map.of("REMOTE_RUN_TOKEN", AnsweringWebapp.TOKEN),
              "runs",
              "--url=" + webapp.url());

      assertThat(ran.out()).containsPattern("01234567 .* web.example ").contains(" gone ");
    }
  }
}
