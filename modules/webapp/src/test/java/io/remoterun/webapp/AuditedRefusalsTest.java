package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.operations.followers.Followers;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.audit.AuditLog;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Whatever somebody may not do is in the audit log, and so is what exactly somebody has done. */
@Timeout(60)
@NullUnmarked
class AuditedRefusalsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** As of: printf 'n1\n' | sha256sum, and of both nodes. */
  private static final String N1 =
      "2cf0ed7c689654b3c4d8f0b036d11764fb7164f5270fe613aeb8bc41b36b3aed";

  private static final String BOTH =
      "b693d24764bcbf2267bf987f66b5cc26f263ad2c4b030825c294112488d7a891";

  @TempDir Path folder;
  private final ScriptedRelay relay = new ScriptedRelay();
  private RunningWebapp webapp;

  private void start(String... settings) throws Exception {
    webapp = RunningWebapp.start(folder, relay.url(), settings);
    group("web", "n1");
    group("servers", "root");
    group("empty", "gone");
  }

  @AfterEach
  void stop() {
    webapp.close();
    relay.close();
  }

  @Test
  void runsForNoNodeThatTheCallerMayTrigger() throws Exception {
    start();
    String reader = account("reader", "{\"run:read\":\"all\",\"run:trigger\":[\"web\"]}");
    run(reader, "{\"targets\":{\"group\":\"servers\"},\"conditions\":[]}", 400);
    run(reader, "{\"targets\":{\"query\":\"id=root\"}}", 400);
    String nothing = account("nothing", "{\"run:trigger\":[\"empty\"]}");
    run(nothing, "{\"targets\":{\"all\":true}}", 400);
    post(nothing, "nodes/applyPolicy", 200);
    String none = "there is no node to trigger: none is meant, or you may trigger none of them: ";
    assertThat(audited("TRIGGER"))
        .containsExactly(
            "reader REFUSED " + none + "group servers with conditions []",
            "reader REFUSED " + none + "nodes with id=root with conditions []",
            "nothing REFUSED " + none + "all nodes with conditions []",
            "nothing REFUSED " + none + "all nodes with conditions []");
  }

  @Test
  void aGroupWithoutANodeThatIsSeenIsOneThatIsNotThere() throws Exception {
    start();
    String anna = account("anna", "{\"run:trigger\":[\"web\"]}");
    for (String group : List.of("servers", "empty", "missing")) {
      assertThat(run(anna, "{\"targets\":{\"group\":\"" + group + "\"}}", 404))
          .isEqualTo(
              "{\"action\":\"startRemoteRun\",\"result\":\"error\",\"errorDetails\":"
                  + "\"Group '"
                  + group
                  + "' was not found\"}");
    }
    assertThat(audited("TRIGGER"))
        .first()
        .isEqualTo("anna REFUSED Group 'servers' was not found: group servers with conditions []");
    assertThat(relay.wasAsked()).isFalse();
    // Who administers groups is told the truth.
    assertThat(run(webapp.token(), "{\"targets\":{\"group\":\"empty\"}}", 400))
        .contains("there is no node to trigger");
  }

  @Test
  void tooManyRunsAndChecksWithoutFillingTheLog() throws Exception {
    start("security.triggers-per-minute=1");
    // As one that knows no checks, which is an answer, too.
    relay.refuseWith(404);
    String anna = account("anna", "{\"run:trigger\":\"all\"}");
    run(anna, "{\"targets\":{\"nodes\":[\"n1\"]}}", 202);
    post(anna, "nodes/n1/check", 200);
    for (int i = 0; i < 5; i++) {
      run(anna, "{\"targets\":{\"nodes\":[\"n1\"]}}", 429);
      post(anna, "nodes/n1/check", 429);
    }
    assertThat(audited("TRIGGER"))
        .filteredOn(entry -> entry.contains("REFUSED"))
        .containsExactly("anna REFUSED you have started too many runs, wait a little");
    assertThat(audited("REQUEST"))
        .containsExactly("anna REFUSED you have asked for too many checks, wait a little");
  }

  @Test
  void tooManyWrongTokensAndPasswordsWithoutFillingTheLog() throws Exception {
    start("security.failures-per-minute=1");
    for (int i = 0; i < 5; i++) {
      webapp.send(webapp.request("/rudder/api/latest/nodes").header("X-API-Token", "wrong"));
    }
    assertThat(audited("REQUEST"))
        .containsExactly(
            "nobody REFUSED wrong token",
            "nobody REFUSED too many wrong tokens and passwords from this address, wait a little");
  }

  @Test
  void checksOfNodesThatTheCallerMayNotTrigger() throws Exception {
    start();
    String anna = account("anna", "{\"run:read\":\"all\",\"run:trigger\":[\"web\"]}");
    post(anna, "nodes/root/check", 403);
    String bert = account("bert", "{\"run:trigger\":[\"web\"]}");
    post(bert, "nodes/root/check", 404);
    assertThat(audited("REQUEST"))
        .containsExactly(
            "anna REFUSED you have no right to trigger node root, nor to check it: check of node"
                + " root",
            "bert REFUSED Node with id 'root' was not found: check of node root");
  }

  @Test
  void whatAnotherPageCouldHaveSent() throws Exception {
    start();
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      for (int i = 0; i < 3; i++) {
        browser.send(
            webapp
                .request("/rudder/secure/api/remote-runs")
                .POST(BodyPublishers.ofString("{\"targets\":{\"all\":true}}")));
      }
    }
    webapp.send(webapp.request("/login").POST(BodyPublishers.noBody()));
    assertThat(audited("REQUEST"))
        .containsExactly(
            "system REFUSED POST /rudder/secure/api/remote-runs: the CSRF token is missing or old",
            "nobody REFUSED POST /login: the CSRF token is missing or old");
  }

  @Test
  void runsWhileTheWebappIsBeingStopped() throws Exception {
    start();
    webapp.bean(Followers.class).leave();
    run(webapp.token(), "{\"targets\":{\"nodes\":[\"n1\"]}}", 503);
    assertThat(audited("TRIGGER"))
        .containsExactly(
            "system REFUSED the webapp is being stopped, ask again when it is there: node n1 with"
                + " conditions []");
  }

  @Test
  void runsThatCannotBeTriedAgainOrAreNotThereForTheCaller() throws Exception {
    start();
    String begun = run(webapp.token(), "{\"targets\":{\"nodes\":[\"root\"]}}", 202);
    String id = JsonMapper.shared().readTree(begun).at("/data/id").asString();
    String anna = account("anna", "{\"run:cancel\":[\"web\"],\"run:trigger\":[\"web\"]}");
    String notFound = "Run with id '" + id + "' was not found";

    post(anna, "remote-runs/" + id + "/retry", 404);
    send(
        webapp.request("/rudder/api/latest/remote-runs/" + id).header("X-API-Token", anna).DELETE(),
        404);
    post(webapp.token(), "remote-runs/" + id + "/retry", 409);
    relay.asked().says(new RunEvent.Finished(new NodeId("root"), ExitStatus.code(0))).end();

    assertThat(audited("CANCEL")).containsExactly("anna REFUSED " + notFound);
    assertThat(audited("RETRY"))
        .containsExactly(
            "anna REFUSED " + notFound,
            "system REFUSED the run goes on: wait for its end, or cancel it");
  }

  @Test
  void whatIsRunWhereAndHow() throws Exception {
    start();
    run(
        webapp.token(),
        "{\"targets\":{\"all\":true},\"conditions\":[\"a\",\"b\"],\"deadline\":\"PT10M\","
            + "\"concurrency\":50,\"stopAfter\":\"5%\"}",
        202);
    relay
        .asked()
        .says(new RunEvent.Finished(new NodeId("n1"), ExitStatus.code(0)))
        .says(new RunEvent.Finished(new NodeId("root"), ExitStatus.code(0)))
        .end();
    run(webapp.token(), "{\"targets\":{\"group\":\"web\"},\"deadline\":\"PT1M\"}", 202);
    assertThat(audited("TRIGGER"))
        .containsExactly(
            "system ALLOWED all nodes with conditions [a, b], deadline PT10M, concurrency 50, stop"
                + " after 5%; 2 nodes with SHA-256 "
                + BOTH
                + ": n1 root",
            "system ALLOWED group web with conditions [], deadline PT1M, stop after never; 1 node"
                + " with SHA-256 "
                + N1
                + ": n1");
    assertThat(audited("GROUP"))
        .first()
        .isEqualTo("system ALLOWED save web, 1 node with SHA-256 " + N1 + ": n1");
  }

  @Test
  void nothingOfGroupsThatAreNotThere() throws Exception {
    start();
    send(webapp.api("remote-run-groups/missing").DELETE(), 404);
    send(webapp.api("remote-run-groups/web").DELETE(), 200);
    send(webapp.api("remote-run-groups/web").DELETE(), 404);
    assertThat(audited("GROUP"))
        .filteredOn(entry -> entry.contains("delete"))
        .containsExactly("system ALLOWED delete web");
  }

  private List<String> audited(String action) {
    return webapp.bean(AuditLog.class).all().collectList().block(SOON).stream()
        .map(kept -> kept.entry())
        .filter(entry -> entry.action().name().equals(action))
        .map(entry -> entry.by().name() + " " + entry.decision() + " " + entry.details())
        .toList();
  }

  private void group(String name, String node) throws Exception {
    send(
        webapp
            .api("remote-run-groups/" + name)
            .PUT(BodyPublishers.ofString("{\"nodes\":[\"" + node + "\"]}")),
        200);
  }

  private String account(String name, String rights) throws Exception {
    String made =
        send(
            webapp
                .api("remote-run-accounts")
                .POST(
                    BodyPublishers.ofString(
                        "{\"name\":\"" + name + "\",\"rights\":" + rights + "}")),
            201);
    return JsonMapper.shared().readTree(made).at("/data/token").asString();
  }

  private String run(String token, String body, int status) throws Exception {
    return send(
        webapp
            .request("/rudder/api/latest/remote-runs")
            .header("X-API-Token", token)
            .POST(BodyPublishers.ofString(body)),
        status);
  }

  private void post(String token, String path, int status) throws Exception {
    send(
        webapp
            .request("/rudder/api/latest/" + path)
            .header("X-API-Token", token)
            .POST(BodyPublishers.noBody()),
        status);
  }

  private String send(HttpRequest.Builder request, int status) throws Exception {
    var answer = webapp.send(request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }
}
