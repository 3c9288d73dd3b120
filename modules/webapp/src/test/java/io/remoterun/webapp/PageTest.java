package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.RunFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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

@Timeout(60)
class PageTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^#\"]+)\"");
  private static final Pattern MODULE = Pattern.compile("from \"(\\./[^\"]+)\"");

  @TempDir static Path folder;
  private static RunningWebapp webapp;
  private RunningWebapp.Browser browser;

  @BeforeAll
  static void start() throws IOException {
    webapp = RunningWebapp.start(folder, NO_RELAY);
  }

  @AfterAll
  static void stop() {
    webapp.close();
  }

  @BeforeEach
  void signIn() throws Exception {
    browser = webapp.browser();
    browser.signIn(webapp.token());
  }

  @AfterEach
  void leave() {
    browser.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/login"})
  void documentsHaveNothingThatTheContentSecurityPolicyForbids(String path) throws Exception {
    HttpResponse<String> document = browser.get(path);
    assertThat(document.headers().firstValue("Content-Type")).contains("text/html");
    assertThat(document.body())
        .doesNotContainPattern("<script(?![^>]* src=)")
        .doesNotContainPattern("<style|\\sstyle=|\\son[a-z]+=|javascript:|https?://");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/login"})
  void everythingThatADocumentLoadsIsThere(String path) throws Exception {
    for (MatchResult reference : REFERENCE.matcher(browser.get(path).body()).results().toList()) {
      load("/" + reference.group(1));
    }
  }

  private void load(String path) throws Exception {
    HttpResponse<String> answer = browser.get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    if (path.endsWith(".js")) {
      for (MatchResult module : MODULE.matcher(answer.body()).results().toList()) {
        load(URI.create(path).resolve(module.group(1)).getPath());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/assets/page.js,text/javascript",
    "/assets/page.css,text/css",
    "/assets/logo.svg,image/svg+xml"
  })
  void assetsAreAskedForAgainButNotSentAgain(String path, String type) throws Exception {
    HttpResponse<String> first = browser.get(path);
    assertThat(first.headers().firstValue("Content-Type")).contains(type);
    assertThat(first.headers().firstValue("Cache-Control")).contains("no-cache");
    String modified = first.headers().firstValue("Last-Modified").orElseThrow();
    assertThat(browser.send(webapp.request(path).header("If-Modified-Since", modified)))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(304);
  }

  @Test
  void knowsAdviceForEveryKindOfFailure() throws Exception {
    String advice = browser.send(webapp.request("/advice.json")).body();
    for (RunFailure.Kind kind : RunFailure.Kind.values()) {
      assertThat(advice).contains("\"" + kind + "\":\"" + kind.advice() + "\"");
    }
  }
}
