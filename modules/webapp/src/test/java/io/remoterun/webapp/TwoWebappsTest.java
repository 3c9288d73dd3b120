package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.testkit.ScriptedRelay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two webapps on one PostgreSQL: what was triggered at one is at the other, too. */
@NeedsPostgres
@Timeout(90)
class TwoWebappsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId ROOT = NodeId.ROOT;

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static ScriptedRelay relay;
  private static RunningWebapp one;
  private static RunningWebapp other;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.start();
    relay = new ScriptedRelay();
    String url = "store.url=" + postgres.newDatabase();
    one = RunningWebapp.start(Files.createDirectory(folder.resolve("one")), relay.url(), url);
    other = RunningWebapp.start(Files.createDirectory(folder.resolve("other")), relay.url(), url);
  }

  @AfterAll
  static void stop() throws IOException {
    one.close();
    other.close();
    relay.close();
    postgres.close();
  }

  @Test
  void aRunIsFollowedLiveAndCancelledAndLookedAtLaterAtTheOther() throws Exception {
    String body = "{\"targets\":{\"nodes\":[\"n1\",\"root\"]}}";
    JsonNode started =
        JsonMapper.shared()
            .readTree(
                one.send(
                        one.api("remote-runs")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body)))
                    .body());
    String path = "remote-runs/" + started.path("data").path("id").asString();
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(new RunEvent.Output(N1, OutputBytes.ofUtf8("live\n")));

    var events =
        other
            .sendAsync(
                other.api(path + "/events").header("Accept", "application/x-ndjson"),
                BodyHandlers.ofInputStream())
            .get();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      assertThat(next(lines)).contains("live").contains("\"id\":1");

      other.sendAsync(other.api(path + "?wait=false").DELETE(), BodyHandlers.ofString()).get();
      ScriptedRelay.Asked cancel = relay.asked();
      assertThat(cancel.path()).endsWith("/remote-run/runs/" + asked.header("X-Run-Id"));
      cancel.end();
      RunFailure stopped = new RunFailure(Kind.STOPPED, "relay root", "cancelled");
      asked.says(new RunEvent.Failed(N1, stopped));
      asked.says(new RunEvent.Finished(ROOT, ExitStatus.code(0))).end();
      assertThat(next(lines)).contains("STOPPED").contains("\"id\":2");
      assertThat(next(lines)).contains("finished").contains("\"id\":3");
    }
    Eventually.await("the end", () -> get(path).contains("\"state\":\"ended\""), () -> get(path));
    assertThat(get(path)).contains("\"succeeded\":1").contains("\"stopped\":1");
    assertThat(get(path + "/nodes/n1/output?format=raw")).isEqualTo("live\n");
  }

  private static String next(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && line.contains("heartbeat")) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  private static String get(String path) {
    try {
      return other.send(other.api(path)).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
