package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.ScriptedRelay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that say nothing for longer than any deadline that the webapp has for connections. */
@Timeout(60)
class SilentAgentsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final String BEAT = "{\"event\":\"heartbeat\",\"node\":\"n1\"}";

  /** Of heartbeats: three times as long as a request may take, and a connection be idle. */
  private static final int LONG = 12;

  @TempDir Path folder;
  private final ScriptedRelay relay = new ScriptedRelay();

  @AfterEach
  void close() {
    relay.close();
  }

  private RunningWebapp webapp(String... more) throws IOException {
    String[] settings = {
      "request-timeout=200ms", "--server.netty.idle-timeout=200ms", "api.heartbeat=50ms"
    };
    String[] all = new String[settings.length + more.length];
    System.arraycopy(settings, 0, all, 0, settings.length);
    System.arraycopy(more, 0, all, settings.length, more.length);
    return RunningWebapp.start(folder, relay.url(), all);
  }

  @Test
  void outputComesToItsEndHoweverLongTheAgentIsSilent() throws Exception {
    try (RunningWebapp webapp = webapp()) {
      var answer = webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofInputStream());
      ScriptedRelay.Asked asked = relay.asked().says(output("first\n"));
      try (BufferedReader lines = lines(answer.get())) {
        assertThat(lines.readLine()).isEqualTo("first");
        silence(webapp, Objects.requireNonNull(asked.header("X-Run-Id")));
        asked.says(output("second\n"));
        assertThat(lines.readLine()).isEqualTo("second");
        silence(webapp, Objects.requireNonNull(asked.header("X-Run-Id")));
        asked.says(finished()).end();
        assertThat(lines.readLine()).isNull();
      }
    }
  }

  /** Passes with the heartbeats of somebody else, who follows the run. */
  private static void silence(RunningWebapp webapp, String run) throws Exception {
    var events =
        webapp.sendAsync(
            webapp.api("remote-runs/" + run + "/events").header("Last-Event-ID", "100"),
            BodyHandlers.ofInputStream());
    try (BufferedReader lines = lines(events.get())) {
      for (int i = 0; i < LONG; i++) {
        assertThat(lines.readLine()).isEqualTo(BEAT);
      }
    }
  }

  @Test
  void anAnswerBeginsBeforeThereIsAnythingToTell() throws Exception {
    try (RunningWebapp webapp = webapp("api.head-wait=100ms")) {
      var answer = webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofInputStream());
      ScriptedRelay.Asked asked = relay.asked();
      HttpResponse<?> begun = answer.get();
      assertThat(begun.statusCode()).isEqualTo(200);
      assertThat(begun.headers().firstValue("X-Run-Id")).contains("" + asked.header("X-Run-Id"));
      silence(webapp, Objects.requireNonNull(asked.header("X-Run-Id")));
      RunFailure failure = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "no answer");
      asked.says(new RunEvent.Failed(N1, failure)).end();
      try (BufferedReader lines = lines(answer.get())) {
        assertThat(lines.readLine()).startsWith("n1: error: relay root: no answer (");
        assertThat(lines.readLine()).isNull();
      }
    }
  }

  @Test
  void eventsHaveHeartbeatsAlsoBeforeTheFirstOne() throws Exception {
    try (RunningWebapp webapp = webapp("api.head-wait=100ms")) {
      HttpRequest.Builder trigger = webapp.trigger("").header("Accept", "application/x-ndjson");
      var answer = webapp.sendAsync(trigger, BodyHandlers.ofInputStream());
      ScriptedRelay.Asked asked = relay.asked();
      try (BufferedReader lines = lines(answer.get())) {
        for (int i = 0; i < LONG; i++) {
          assertThat(lines.readLine()).isEqualTo(BEAT);
        }
        asked.says(output("OK\n"));
        String line = lines.readLine();
        while (BEAT.equals(line)) {
          line = lines.readLine();
        }
        assertThat(line).contains("\"text\":\"OK\\n\"");
        for (int i = 0; i < LONG; i++) {
          assertThat(lines.readLine()).isEqualTo(BEAT);
        }
        asked.says(finished()).end();
      }
    }
  }

  @Test
  void outputHasBlankLinesBetweenItsLinesWhereItIsConfiguredSo() throws Exception {
    try (RunningWebapp webapp = webapp("api.blank-lines=50ms")) {
      var answer = webapp.sendAsync(webapp.trigger(""), BodyHandlers.ofInputStream());
      ScriptedRelay.Asked asked = relay.asked().says(output("first\n"));
      try (BufferedReader lines = lines(answer.get())) {
        assertThat(lines.readLine()).isEqualTo("first");
        for (int i = 0; i < LONG; i++) {
          assertThat(lines.readLine()).isEmpty();
        }
        asked.says(output("sec"));
        silence(webapp, Objects.requireNonNull(asked.header("X-Run-Id")));
        asked.says(output("ond\n")).says(finished()).end();
        assertThat(lines.lines().filter(line -> !line.isEmpty())).containsExactly("second");
      }
    }
  }

  private static BufferedReader lines(HttpResponse<InputStream> answer) {
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(N1, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished() {
    return new RunEvent.Finished(N1, ExitStatus.code(0));
  }
}
