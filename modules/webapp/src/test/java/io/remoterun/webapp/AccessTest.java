package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
class AccessTest {
  private static final String TRIGGER = "/rudder/secure/api/nodes/n1/applyPolicy";

  @TempDir static Path folder;
  private static ScriptedRelay relay;
  private static RunningWebapp webapp;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private RunningWebapp.Browser browser;

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

  @BeforeEach
  void listen() {
    browser = webapp.browser();
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
    browser.close();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains(webapp.token()));
    assertThat(relay.wasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/rudder/api/latest/nodes/n1/applyPolicy",
        "/rudder/api/nodes/n1/applyPolicy",
        "/rudder/api/latest/nodes",
        "/rudder/api/what/ever",
        "/rudder/api"
      })
  void programsNeedTheToken(String path) throws Exception {
    assertRefused(webapp.send(webapp.request(path).POST(BodyPublishers.noBody())));
    assertRefused(webapp.send(webapp.request(path).GET()));
    assertRefused(webapp.send(withToken(path, "wrong").POST(BodyPublishers.noBody())));
    assertRefused(webapp.send(withToken(path, "").POST(BodyPublishers.noBody())));
    assertRefused(webapp.send(withToken(path, webapp.token() + "x").GET()));
  }

  private static void assertRefused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body())
        .contains("\"result\":\"error\"")
        .contains("the header X-API-Token is missing or holds a wrong token");
  }

  @Test
  void refusalsAreLoggedWithTheirPeer() throws Exception {
    webapp.send(withToken("/rudder/api/nodes/n1/applyPolicy", "guess\u00e9").GET());
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .matches(
            "refused GET /rudder/api/nodes/n1/applyPolicy from 127.0.0.1:\\d+ with 401:"
                + " the header X-API-Token is missing or holds a wrong token");
  }

  @Test
  void programsHaveNoSession() throws Exception {
    HttpResponse<String> answer =
        webapp.send(withToken("/rudder/api/latest/nodes", webapp.token()).GET());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }

  @Test
  void theTokenDoesNotOpenTheApiOfThePage() throws Exception {
    HttpResponse<String> answer =
        webapp.send(withToken("/rudder/secure/api/nodes", webapp.token()).GET());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("\"errorDetails\":\"sign in first\"");
  }

  @Test
  void aSessionDoesNotOpenTheApiOfPrograms() throws Exception {
    browser.signIn(webapp.token());
    assertThat(browser.get("/rudder/api/latest/nodes").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/index.html", "/static/x", "/actuator"})
  void strangersAreSentToTheSignInPage(String path) throws Exception {
    HttpResponse<String> answer = browser.get(path);
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/login");
    assertThat(browser.cookies()).doesNotContainKey("REMOTE_RUN_SESSION");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/login", "/assets/page.css", "/assets/login.js"})
  void strangersMayLoadTheSignInPage(String path) throws Exception {
    assertThat(browser.get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void signingInMakesASession() throws Exception {
    HttpResponse<String> answer = browser.signIn(webapp.token());
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .singleElement()
        .asString()
        .startsWith("REMOTE_RUN_SESSION=")
        .contains("Path=/")
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Strict");
    assertThat(browser.get("/").statusCode()).isEqualTo(200);
    assertThat(browser.get("/rudder/secure/api/nodes").body()).contains("one.example");
  }

  @Test
  void aWrongTokenSignsNobodyIn() throws Exception {
    HttpResponse<String> answer = browser.signIn("wrong");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/login?error");
    assertThat(browser.cookies()).doesNotContainKey("REMOTE_RUN_SESSION");
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .startsWith("refused to sign in 127.0.0.1:");
  }

  @Test
  void signingInNeedsTheCsrfToken() throws Exception {
    HttpResponse<String> answer = browser.post("/login", "password=" + webapp.token());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(browser.cookies()).doesNotContainKey("REMOTE_RUN_SESSION");
  }

  @Test
  void aTriggerNeedsTheCsrfTokenToo() throws Exception {
    browser.signIn(webapp.token());
    assertThat(browser.send(trigger()).statusCode()).isEqualTo(403);
    HttpResponse<String> answer = browser.send(trigger().header("X-CSRF-Token", "wrong"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .contains("\"action\":\"applyPolicy\"", "the CSRF token is missing or old");
  }

  @ParameterizedTest
  @CsvSource({
    "same-origin, application/json, 400",
    "same-site, application/json, 403",
    "cross-site, application/json, 403",
    "none, application/json, 403",
    "same-origin, application/x-www-form-urlencoded, 403",
    "same-origin, text/plain, 403"
  })
  void ruddersOwnPageNeedsNoCsrfTokenWhereTheBrowserSaysThatItIsOurs(
      String sender, String type, int status) throws Exception {
    browser.signIn(webapp.token());
    // What is let in is found to be no JSON.
    HttpRequest.Builder request =
        webapp
            .request(TRIGGER)
            .header("Sec-Fetch-Site", sender)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString("{"));
    assertThat(browser.send(request).statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /rudder/secure/api/remote-runs",
        "POST /rudder/secure/api/remote-run-accounts",
        "PUT /rudder/secure/api/remote-run-groups/web",
        "DELETE /rudder/secure/api/remote-run-groups/web",
        "PUT /rudder/secure/api/nodes/n1/applyPolicy",
        "POST /logout"
      })
  void nothingElseGoesWithoutTheCsrfToken(String request) throws Exception {
    browser.signIn(webapp.token());
    String[] parts = request.split(" ", -1);
    HttpRequest.Builder other =
        webapp
            .request(parts[1])
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/json")
            .method(parts[0], BodyPublishers.ofString("{}"));
    assertThat(browser.send(other).statusCode()).isEqualTo(403);
    assertThat(browser.get("/rudder/secure/api/nodes").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, ''",
    "application/json, 'same-origin,same-origin'",
    "application/json, 'cross-site,same-origin'",
    "application/json, 'same-origin, cross-site'",
    "application/json, Same-Origin",
    "application/jsonx, same-origin",
    "'text/plain;application/json', same-origin",
    "'', same-origin",
    "'application/json,text/plain', same-origin",
    "nonsense, same-origin"
  })
  void whatNoNewBrowserSendsOfItsOwnPageNeedsTheCsrfToken(String types, String senders)
      throws Exception {
    browser.signIn(webapp.token());
    HttpRequest.Builder request =
        webapp.request(TRIGGER).POST(BodyPublishers.ofString("{\"classes\":[]}"));
    Stream.of(senders.split(",", -1))
        .filter(sender -> !sender.isEmpty())
        .forEach(sender -> request.header("Sec-Fetch-Site", sender));
    Stream.of(types.split(",", -1))
        .filter(type -> !type.isEmpty())
        .forEach(type -> request.header("Content-Type", type));
    assertThat(browser.send(request).statusCode()).isIn(400, 403);
  }

  @Test
  void otherPagesAreNotAllowedToSendJson() throws Exception {
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .request(TRIGGER)
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.startsWith("access-control-allow"));
  }

  @Test
  void theCsrfTokenAloneOpensNothing() throws Exception {
    browser.get("/login");
    HttpResponse<String> answer = browser.send(trigger().header("X-CSRF-Token", browser.csrf()));
    assertThat(answer.statusCode()).isEqualTo(401);
  }

  @Test
  void signingOutEndsTheSession() throws Exception {
    browser.signIn(webapp.token());
    assertThat(browser.post("/logout", "_csrf=" + browser.csrf()).statusCode()).isEqualTo(302);
    assertThat(browser.get("/rudder/secure/api/nodes").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/rudder/secure/api/nothing", "/rudder/secure/api/nodes/n1"})
  void usersAreToldWhatDoesNotExist(String path) throws Exception {
    browser.signIn(webapp.token());
    assertThat(browser.get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/login", "/assets/page.css", "/rudder/api/latest/nodes", "/nothing"})
  void everyAnswerHasTheSecurityHeaders(String path) throws Exception {
    HttpResponse<String> answer = browser.get(path);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @Test
  void listensOnLoopbackOnlyUnlessToldOtherwise() {
    // Linux answers for all of 127.0.0.0/8, so that this is an address of another interface.
    assertThatThrownBy(() -> new Socket("127.0.0.2", webapp.url().getPort()).close())
        .isInstanceOf(ConnectException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET //x HTTP/1.1\r\nHost: x",
        "GET /a%2fb HTTP/1.1\r\nHost: x",
        "GET /;a HTTP/1.1\r\nHost: x",
        "TRACE / HTTP/1.1\r\nHost: x"
      })
  void malformedRequestsAreRefused(String request) throws Exception {
    String answer = RawHttp.exchange(webapp.url(), request + "\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"errorDetails\"");
  }

  private static HttpRequest.Builder trigger() {
    return webapp.request(TRIGGER).POST(BodyPublishers.noBody());
  }

  private static HttpRequest.Builder withToken(String path, String token) {
    return webapp.request(path).header("X-API-Token", token);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("remote-run.webapp");
  }
}
