package io.remoterun.relay;

import static io.remoterun.relay.ScriptedTransport.finished;
import static io.remoterun.relay.ScriptedTransport.output;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** What who does not say how he wants the output gets from a relay that is set so. */
@Timeout(30)
class OutputSettingTest {
  private static final String LINE =
      "2026-11-02T08:15:01+00:00 R: @@T@@result_error@@r@@d@@0@@c@@k@@2026##n@#bad\n";

  @TempDir private Path folder;

  private TestRelay relay(String setting) throws IOException {
    TestRelay relay =
        TestRelay.plan(folder, "root")
            .node("root", "root")
            .node("n1", "root")
            .with("output", setting)
            .start();
    relay.nodes().script("n1", Flux.just(output("n1", LINE), finished("n1", 0)));
    return relay;
  }

  private static String answer(TestRelay relay, Http http, String form) throws Exception {
    return http.post(relay.url(), "/remote-run/nodes/n1", form).body();
  }

  @Test
  void aRelaySetToRuddersFormatAnswersAsRudderDoes() throws Exception {
    try (TestRelay relay = relay("rudder");
        Http http = new Http()) {
      assertThat(answer(relay, http, "keep_output=true"))
          .startsWith("Hostname        M| State         Technique ")
          .contains(" E| error         T ", "## Summary ###", "      -> 1 error\n");
      assertThat(answer(relay, http, "keep_output=true&format=raw")).isEqualTo(LINE);
    }
  }

  @Test
  void aRelaySetToTheTableAnswersWithIt() throws Exception {
    try (TestRelay relay = relay("table");
        Http http = new Http()) {
      assertThat(answer(relay, http, "keep_output=true"))
          .startsWith("NODE")
          .contains(" E error         T ", "\nSummary\n", "1 node, 1 component: 1 error\n");
      assertThat(answer(relay, http, "keep_output=false")).isEmpty();
    }
  }
}
