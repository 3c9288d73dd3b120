package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a trigger of Rudder's API is answered with where a format is set. */
@Timeout(60)
class OutputSettingTest {
  private static final NodeId NODE = new NodeId("n1");
  private static final String LINE =
      "2026-11-02T08:15:01+00:00 R: @@T@@result_error@@r@@d@@0@@c@@k@@2026##n@#bad\n";

  @TempDir private Path folder;

  private String answer(String setting) throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url(), "api.output=" + setting)) {
      CompletableFuture<HttpResponse<String>> answer =
          webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofString());
      relay
          .asked()
          .says(new RunEvent.Started(NODE, "agent run"))
          .says(new RunEvent.Output(NODE, OutputBytes.ofUtf8(LINE)))
          .says(new RunEvent.Finished(NODE, ExitStatus.code(0)))
          .end();
      return answer.get().body();
    }
  }

  @Test
  void aWebappSetToRuddersFormatAnswersAsRudderDoes() throws Exception {
    assertThat(answer("rudder"))
        .startsWith("Hostname        M| State         Technique ")
        .contains("one.example     E| error         T ", "## Summary ###", "      -> 1 error\n");
  }

  @Test
  void aWebappSetToTheTableAnswersWithIt() throws Exception {
    assertThat(answer("table"))
        .startsWith("NODE         M STATE ")
        .contains("one.example  E error         T ", "\nSummary\n", "1 component: 1 error\n");
  }
}
