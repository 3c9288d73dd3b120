package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class AccountsApiTest {
  private static final String ACCOUNTS = "/rudder/api/latest/remote-run-accounts";
  private static final String OWN = "/rudder/api/latest/remote-run-account";
  private static final String NODES = "/rudder/api/latest/nodes";
  private static final String PASSWORD = "correct horse battery";

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;

  @BeforeAll
  static void start() throws IOException {
    relay = new ScriptedRelay();
    webapp = RunningWebapp.start(folder, relay.url());
  }

  @AfterAll
  static void stop() {
    webapp.close();
    relay.close();
  }

  @Test
  void theFirstAccountIsMadeWithTheSystemTokensHeader() throws Exception {
    String[] header = Files.readString(folder.resolve("token-header")).strip().split(": ", 2);
    HttpResponse<String> made =
        webapp.send(
            webapp
                .request(ACCOUNTS)
                .header(header[0], header[1])
                .POST(
                    BodyPublishers.ofString(
                        "{\"name\":\"first\",\"rights\":{\"admin\":\"all\"}}")));
    assertThat(made.statusCode()).isEqualTo(201);
    String token = data(made).at("/token").asString();
    assertThat(token).matches("[A-Za-z0-9]{40}");
    assertThat(token).startsWith(data(made).at("/tokens/0/id").asString());
    assertThat(get(token, ACCOUNTS).statusCode()).isEqualTo(200);
  }

  @Test
  void aTokenIsShownOnceAndOnlyItsHashIsKept() throws Exception {
    String token = make("once", "{\"run:read\":\"all\"}");
    assertThat(get(webapp.token(), ACCOUNTS).body())
        .contains("once", token.substring(0, 8))
        .doesNotContain(token);
    try (var files = Files.list(folder.resolve("store"))) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                      .doesNotContain(token));
    }
  }

  @Test
  void aTokenTellsWhoseItIsAndWhatFor() throws Exception {
    String token = make("curious", "{\"run:read\":\"all\",\"run:trigger\":\"all\"}");
    JsonNode own = data(get(token, OWN));

    assertThat(own.path("name").asString()).isEqualTo("curious");
    assertThat(own.path("rights").valueStream().map(JsonNode::asString))
        .containsExactly("run:read", "run:trigger");
    assertThat(get("x".repeat(40), OWN).statusCode()).isEqualTo(401);
    assertThat(get(token, OWN + "?x=1").statusCode()).isEqualTo(400);
  }

  @Test
  void aTokenOpensUntilItIsDeletedOrItsAccountIsDisabledOrExpired() throws Exception {
    String token = make("clerk", "{\"run:read\":\"all\"}");
    assertThat(get(token, NODES).statusCode()).isEqualTo(200);
    assertThat(data(get(webapp.token(), ACCOUNTS + "/clerk")).has("lastUsed")).isTrue();

    assertThat(put("clerk", "{\"disabled\":true}").statusCode()).isEqualTo(200);
    assertThat(get(token, NODES).statusCode()).isEqualTo(401);
    put("clerk", "{\"disabled\":false}");
    assertThat(get(token, NODES).statusCode()).isEqualTo(200);

    put("clerk", "{\"expires\":\"2020-01-01T00:00:00Z\"}");
    assertThat(get(token, NODES).statusCode()).isEqualTo(401);
    put("clerk", "{\"expires\":null}");
    assertThat(get(token, NODES).statusCode()).isEqualTo(200);

    String second = data(post("/clerk/tokens", "{}")).at("/token").asString();
    String expired =
        data(post("/clerk/tokens", "{\"expires\":\"2020-01-01T00:00:00Z\"}"))
            .at("/token")
            .asString();
    assertThat(get(expired, NODES).statusCode()).isEqualTo(401);
    assertThat(delete("/clerk/tokens/" + token.substring(0, 8)).statusCode()).isEqualTo(200);
    assertThat(get(token, NODES).statusCode()).isEqualTo(401);
    assertThat(get(second, NODES).statusCode()).isEqualTo(200);

    assertThat(delete("/clerk").statusCode()).isEqualTo(200);
    assertThat(get(second, NODES).statusCode()).isEqualTo(401);
    assertThat(delete("/clerk").statusCode()).isEqualTo(404);
  }

  @Test
  void aPersonSignsInWithNameAndPasswordUntilAnythingOfTheAccountChanges() throws Exception {
    HttpResponse<String> made =
        post(
            "",
            "{\"name\":\"alice\",\"rights\":{\"run:read\":\"all\"},\"password\":\""
                + PASSWORD
                + "\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.body()).doesNotContain("token\":\"").doesNotContain(PASSWORD);
    for (String change :
        new String[] {
          "{\"rights\":{\"run:trigger\":\"all\"}}",
          "{\"password\":\"" + PASSWORD + "\"}",
          "{\"disabled\":true}"
        }) {
      try (RunningWebapp.Browser browser = webapp.browser()) {
        assertThat(browser.signIn("alice", "not it, but long").headers().firstValue("Location"))
            .contains("/login?error");
        browser.signIn("alice", PASSWORD);
        assertThat(browser.get("/rudder/secure/api/nodes").statusCode()).isEqualTo(200);
        assertThat(put("alice", change).statusCode()).isEqualTo(200);
        assertThat(browser.get("/rudder/secure/api/nodes").statusCode()).isEqualTo(401);
      }
    }
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn("alice", PASSWORD);
      assertThat(browser.get("/rudder/secure/api/nodes").statusCode())
          .as("disabled")
          .isEqualTo(401);
    }
  }

  @Test
  void aSessionGetsANewIdWhenSomebodySignsInAgain() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      String before = browser.cookies().get("REMOTE_RUN_SESSION");
      browser.signIn(webapp.token());
      assertThat(browser.cookies().get("REMOTE_RUN_SESSION")).isNotEqualTo(before);
    }
  }

  @Test
  void refusesWhatMakesNoSenseWithoutWritingItDown() throws Exception {
    make("taken", "{}");
    String before = audited();
    for (String body :
        new String[] {
          "{",
          "[]",
          "{\"name\":\"x\",\"role\":\"root\"}",
          "{\"name\":\"system\"}",
          "{\"name\":\"a b\"}",
          "{}",
          "{\"name\":\"x\",\"disabled\":true}",
          "{\"name\":\"x\",\"rights\":{\"run:all\":\"all\"}}",
          "{\"name\":\"x\",\"rights\":{\"admin\":[]}}",
          "{\"name\":\"x\",\"rights\":[]}",
          "{\"name\":\"x\",\"expires\":\"soon\"}",
          "{\"name\":\"x\",\"expires\":\"+999999999-01-01T00:00:00Z\"}",
          "{\"name\":\"x\",\"password\":\"short\"}",
          "{\"name\":\"x\",\"password\":1}",
          "{\"name\":\"x\",\"token\":1}",
          "{\"name\":\"x\",\"token\":null}",
          "{\"name\":\"x\",\"password\":\"long enough for it\",\"token\":\"true\"}"
        }) {
      assertThat(post("", body).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(post("/taken/tokens", "{\"rights\":{}}").statusCode()).isEqualTo(400);
    assertThat(post("/taken/tokens", "{\"expires\":\"soon\"}").statusCode()).isEqualTo(400);
    assertThat(post("/nobody-there/tokens", "{}").statusCode()).isEqualTo(404);
    assertThat(delete("/taken/tokens/missing").statusCode()).isEqualTo(404);
    assertThat(delete("/nobody-there").statusCode()).isEqualTo(404);
    assertThat(get(webapp.token(), ACCOUNTS + "?name=taken").statusCode()).isEqualTo(400);
    assertThat(put("nobody-there", "{}").statusCode()).isEqualTo(404);
    for (String body :
        new String[] {
          "{\"disabled\":1}",
          "{\"expires\":\"soon\"}",
          "{\"password\":\"short\"}",
          "{\"rights\":{\"admin\":[]}}"
        }) {
      assertThat(put("taken", body).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(get(webapp.token(), ACCOUNTS + "/nobody-there").statusCode()).isEqualTo(404);
    assertThat(get(webapp.token(), ACCOUNTS + "/x").statusCode()).isEqualTo(404);
    assertThat(audited()).isEqualTo(before);
  }

  @Test
  void whatCannotBeDoneAsThingsAreIsNotWrittenDownAsAllowed() throws Exception {
    make("there", "{}");
    String token = make("there-too", "{}");
    assertThat(post("", "{\"name\":\"there\"}").statusCode()).isEqualTo(409);
    assertThat(
            post("", "{\"name\":\"there-too\",\"password\":\"long enough for it\"}").statusCode())
        .isEqualTo(409);
    // What belongs to another account is not this one's to delete.
    assertThat(delete("/there/tokens/" + token.substring(0, 8)).statusCode()).isEqualTo(404);
    JsonNode entries =
        data(get(webapp.token(), "/rudder/api/remote-run-audit?action=account&perPage=3"))
            .at("/entries");
    assertThat(entries.findValuesAsString("decision"))
        .containsExactly("refused", "refused", "allowed");
    assertThat(entries.findValuesAsString("details"))
        .containsExactly(
            "make there-too a password: there is an account there-too already",
            "make there: there is an account there already",
            "make there-too rights {}");
  }

  /** Of two who make the same account at once one has not, and the log says which. */
  @Test
  void ofTwoAtOnceOneIsWrittenDownAsRefused() throws Exception {
    java.util.List<java.util.concurrent.CompletableFuture<HttpResponse<String>>> answers =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(
                i ->
                    webapp.sendAsync(
                        admin("").POST(BodyPublishers.ofString("{\"name\":\"race\"}")),
                        HttpResponse.BodyHandlers.ofString()))
            .toList();
    assertThat(answers)
        .extracting(answer -> answer.join().statusCode())
        .containsOnly(201, 409)
        .containsOnlyOnce(201);
    JsonNode entries =
        data(get(webapp.token(), "/rudder/api/remote-run-audit?action=account&perPage=100"))
            .at("/entries");
    long allowed = count(entries, "allowed", "make race");
    long refused = count(entries, "refused", "make race: there is an account race already");
    assertThat(refused).isEqualTo(7);
    // Each that was let pass and not done is followed by one that says so.
    assertThat(allowed).isBetween(1L, 8L);
  }

  private static long count(JsonNode entries, String decision, String details) {
    return entries
        .valueStream()
        .filter(entry -> entry.path("decision").asString().equals(decision))
        .filter(entry -> entry.path("details").asString().equals(details))
        .count();
  }

  private static String audited() throws Exception {
    return get(webapp.token(), "/rudder/api/remote-run-audit/export").body();
  }

  @Test
  void everythingIsInTheAuditLogWhichIsIntact() throws Exception {
    make("audited", "{\"run:trigger\":[\"web\"]}");
    put("audited", "{\"disabled\":true}");
    String query = "/rudder/api/remote-run-audit?action=account&perPage=2";
    JsonNode entries = data(get(webapp.token(), query)).at("/entries");
    assertThat(entries.at("/0/details").asString()).isEqualTo("change audited disabled true");
    assertThat(entries.at("/1/details").asString())
        .isEqualTo("make audited rights {\"run:trigger\":[\"web\"]}");
    assertThat(entries.at("/1/who").asString()).isEqualTo("system");
    assertThat(entries.at("/1/from").asString()).startsWith("127.0.0.1:");
    JsonNode verdict = data(get(webapp.token(), "/rudder/api/remote-run-audit/verify"));
    assertThat(verdict.at("/intact").asBoolean()).isTrue();
    HttpResponse<String> export = get(webapp.token(), "/rudder/api/remote-run-audit/export");
    assertThat(export.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    assertThat(export.body().lines()).hasSize(verdict.at("/entries").asInt());
    assertThat(get(webapp.token(), "/rudder/api/remote-run-audit?page=0").statusCode())
        .isEqualTo(400);
  }

  private static String make(String name, String rights) throws Exception {
    HttpResponse<String> made = post("", "{\"name\":\"" + name + "\",\"rights\":" + rights + "}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return data(made).at("/token").asString();
  }

  private static HttpResponse<String> get(String token, String path) throws Exception {
    return webapp.send(webapp.request(path).header("X-API-Token", token));
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return webapp.send(admin(path).POST(BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> put(String name, String body) throws Exception {
    return webapp.send(admin("/" + name).PUT(BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> delete(String path) throws Exception {
    return webapp.send(admin(path).DELETE());
  }

  private static java.net.http.HttpRequest.Builder admin(String path) {
    return webapp.request(ACCOUNTS + path).header("X-API-Token", webapp.token());
  }

  private static JsonNode data(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).at("/data");
  }
}
