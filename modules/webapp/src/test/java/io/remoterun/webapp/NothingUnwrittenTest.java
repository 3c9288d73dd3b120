package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.nodes.Groups;
import io.remoterun.webapp.store.Database;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Whatever changes something, while the audit log cannot be written: nothing is changed. */
@Timeout(60)
@NullUnmarked
class NothingUnwrittenTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String NODES = "{\"nodes\":[\"root\"]}";
  private static final String TARGETS = "{\"targets\":{\"nodes\":[\"n1\"]}}";

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;
  private static String token;
  private static String failed;
  private static String running;
  private static String before;

  /** An account with a token, a group, a run that has failed and one that goes on. */
  @BeforeAll
  static void start() throws Exception {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url());
    send(webapp.api("remote-run-groups/web").PUT(BodyPublishers.ofString("{\"nodes\":[\"n1\"]}")));
    String made =
        send(webapp
                .api("remote-run-accounts")
                .POST(BodyPublishers.ofString("{\"name\":\"anna\",\"token\":true}")))
            .body();
    token = JsonMapper.shared().readTree(made).at("/data/tokens/0/id").asString();
    failed = run();
    relay.asked().says(new RunEvent.Finished(new NodeId("n1"), ExitStatus.code(1))).end();
    io.remoterun.testing.Eventually.await(
        "the first run ends",
        () -> send(webapp.api("remote-runs/" + failed)).body().contains("\"ended\":"),
        () -> failed);
    running = run();
    relay.asked().says(new RunEvent.Started(new NodeId("n1"), "one.example"));
    webapp
        .bean(Database.class)
        .run(jdbc -> jdbc.sql("alter table audit rename to lost").update())
        .block(SOON);
    before = state();
  }

  private static String run() throws Exception {
    String id = send(webapp.api("remote-runs").POST(BodyPublishers.ofString(TARGETS))).body();
    return JsonMapper.shared().readTree(id).at("/data/id").asString();
  }

  @AfterAll
  static void stop() {
    webapp.close();
    relay.close();
  }

  /** Each route that changes something; the matrix of rights knows them all. */
  static Stream<Arguments> changes() {
    return Stream.of(
        change("POST", "nodes/n1/applyPolicy", ""),
        change("POST", "nodes/applyPolicy", ""),
        change("POST", "remote-runs", TARGETS),
        change("POST", "remote-runs/FAILED/retry", ""),
        change("DELETE", "remote-runs/RUNNING", ""),
        change("PUT", "remote-run-groups/new", NODES),
        change("PUT", "remote-run-groups/web", NODES),
        change("DELETE", "remote-run-groups/web", ""),
        change("POST", "remote-run-accounts", "{\"name\":\"bert\"}"),
        change(
            "POST",
            "remote-run-accounts",
            "{\"name\":\"bert\",\"password\":\"long enough for it\"}"),
        change("PUT", "remote-run-accounts/anna", "{\"disabled\":true}"),
        change("PUT", "remote-run-accounts/anna", "{\"password\":\"long enough for it\"}"),
        change("DELETE", "remote-run-accounts/anna", ""),
        change("POST", "remote-run-accounts/anna/tokens", ""),
        change("DELETE", "remote-run-accounts/anna/tokens/TOKEN", ""));
  }

  private static Arguments change(String method, String path, String body) {
    return Arguments.of(method, path, body);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("changes")
  void nothingIsDoneThatCannotBeWrittenDown(String method, String path, String body)
      throws Exception {
    String real =
        path.replace("FAILED", failed).replace("RUNNING", running).replace("TOKEN", token);
    HttpResponse<String> answer =
        send(webapp.api(real).method(method, BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("the audit log cannot be written, so nothing was done");
    assertThat(relay.wasAsked()).isFalse();
    assertThat(state()).isEqualTo(before);
  }

  private static String state() {
    return String.join(
        "\n",
        webapp.bean(Groups.class).all().block(SOON).toString(),
        webapp.bean(Accounts.class).list().block(SOON).toString(),
        webapp.bean(Accounts.class).password("anna").blockOptional(SOON).toString(),
        send(webapp.api("remote-runs")).body().replaceAll("\"durationMs\":\\d+", ""));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return webapp.send(request);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
