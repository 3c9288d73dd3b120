package io.remoterun.webapp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.operations.WebappFarewell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShutdownTest {
  private static final NodeId N1 = new NodeId("n1");

  private final ScriptedRelay relay = new ScriptedRelay();
  @TempDir Path folder;

  @AfterEach
  void stop() {
    relay.close();
  }

  private ScriptedRelay.Asked asked() {
    try {
      return relay.asked();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** An answer that goes on, whose reader has seen a line with that word. */
  private static BufferedReader follow(
      RunningWebapp webapp, HttpRequest.Builder request, String word) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                webapp.sendAsync(request, BodyHandlers.ofInputStream()).join().body(), UTF_8));
    String line = "";
    while (!line.contains(word)) {
      line = Objects.requireNonNull(lines.readLine(), "no line with " + word);
    }
    return lines;
  }

  private static void await(RunningWebapp webapp, int followers) {
    Followers all = webapp.bean(Followers.class);
    Eventually.await(
        followers + " follow", () -> all.count() == followers, () -> String.valueOf(all.count()));
  }

  @Test
  void nothingBeginsAndWhatGoesOnMayEnd() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, relay.url(), "shutdown-wait=50s")) {
      CompletableFuture<HttpResponse<String>> answer =
          webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofString());
      ScriptedRelay.Asked asked = relay.asked();
      await(webapp, 1);
      WebappFarewell farewell = webapp.bean(WebappFarewell.class);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(farewell::stop);
      Eventually.await(
          "it is leaving", webapp.bean(Followers.class)::isLeaving, () -> "it is not leaving");

      HttpResponse<String> refused = webapp.send(webapp.trigger(""));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("10");
      assertThat(refused.body()).contains("the webapp is being stopped");
      assertThat(webapp.send(webapp.request("/health/ready")).statusCode()).isEqualTo(503);
      assertThat(stopped).isNotDone();

      asked.says(new RunEvent.Output(N1, OutputBytes.ofUtf8("line\n")));
      asked.says(new RunEvent.Finished(N1, ExitStatus.code(0))).end();
      assertThat(answer.join().body()).isEqualTo("line\n");
      stopped.join();
    }
  }

  @Test
  void whoIsLeftGetsALastLine() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, relay.url())) {
      RunEvent printed = new RunEvent.Output(N1, OutputBytes.ofUtf8("line\nhalf of a li"));
      CompletableFuture<Void> told = CompletableFuture.runAsync(() -> asked().says(printed));
      BufferedReader plain = follow(webapp, webapp.trigger(""), "line");
      told.join();
      String runs = webapp.send(webapp.api("remote-runs")).body();
      String id = runs.replaceAll("(?s).*\"id\":\"([0-9a-f-]{36})\".*", "$1");
      BufferedReader events =
          follow(webapp, webapp.api("remote-runs/" + id + "/events"), "half of a li");
      BufferedReader output =
          follow(webapp, webapp.api("remote-runs/" + id + "/nodes/n1/output"), "line");
      await(webapp, 3);
      webapp.bean(WebappFarewell.class).stop();

      String words =
          "n1: error: webapp: the webapp was stopped before the run had ended; the run goes on (";
      assertThat(plain.lines()).hasSize(2).last().asString().startsWith(words);
      assertThat(output.lines()).hasSize(2).last().asString().startsWith(words);
      assertThat(events.lines())
          .containsExactly(
              "{\"event\":\"stopped\",\"reason\":\"the webapp was stopped before the run had"
                  + " ended; the run goes on\"}");
      // The run itself has not ended.
      assertThat(webapp.send(webapp.api("remote-runs/" + id)).body())
          .contains("\"state\":\"running\"");
    }
  }
}
