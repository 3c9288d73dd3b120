package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;

/** When sessions begin and end, by a clock that the test sets. */
@Timeout(60)
@NullUnmarked
class SessionsTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final String NODES = "/rudder/secure/api/nodes";
  private static final String SESSION = "REMOTE_RUN_SESSION";

  @TempDir static Path folder;
  private static RunningWebapp webapp;
  private static volatile Instant now = Instant.parse("2026-01-31T12:00:00Z");

  @Configuration(proxyBeanMethods = false)
  static class TestClock {
    @Bean
    InstantSource testClock() {
      return () -> now;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    webapp =
        RunningWebapp.startWith(
            TestClock.class,
            folder,
            NO_RELAY,
            "security.session-idle-timeout=30m",
            "security.session-max-age=2h",
            "security.trusted-proxies=127.0.0.1");
    DefaultWebSessionManager manager =
        (DefaultWebSessionManager) webapp.bean(WebSessionManager.class);
    ((InMemoryWebSessionStore) manager.getSessionStore())
        .setClock(Clock.fixed(now, ZoneOffset.UTC));
  }

  @AfterAll
  static void stop() {
    webapp.close();
  }

  private static void pass(Duration time) {
    now = now.plus(time);
    DefaultWebSessionManager manager =
        (DefaultWebSessionManager) webapp.bean(WebSessionManager.class);
    ((InMemoryWebSessionStore) manager.getSessionStore())
        .setClock(Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void aSessionEndsWhenItIsNotUsed() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      for (int i = 0; i < 3; i++) {
        pass(Duration.ofMinutes(29));
        assertThat(browser.get(NODES).statusCode()).isEqualTo(200);
      }
      pass(Duration.ofMinutes(30).plusSeconds(1));
      assertThat(browser.get(NODES).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aSessionEndsWhenItIsOldHoweverItIsUsed() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      for (int i = 0; i < 6; i++) {
        pass(Duration.ofMinutes(20));
        assertThat(browser.get(NODES).statusCode()).as("after %d", i).isEqualTo(200);
      }
      pass(Duration.ofSeconds(1));
      assertThat(browser.get(NODES).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void anIdThatSomebodyElseHasChosenIsNotTaken() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.get("/login");
      HttpResponse<String> answer =
          webapp.send(
              webapp
                  .request("/login")
                  .header("Cookie", SESSION + "=chosen; REMOTE_RUN_CSRF=" + browser.csrf())
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      BodyPublishers.ofString(
                          "_csrf=" + browser.csrf() + "&password=" + webapp.token())));
      assertThat(answer.headers().allValues("Set-Cookie"))
          .anyMatch(cookie -> cookie.startsWith(SESSION + "="))
          .noneMatch(cookie -> cookie.contains("chosen"));
      assertThat(status("chosen")).isEqualTo(401);
    }
  }

  @Test
  void whoSignsInAgainGetsAnotherSessionAndTheOldOneEnds() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser()) {
      browser.signIn(webapp.token());
      String first = browser.cookies().get(SESSION);
      browser.signIn(webapp.token());
      String second = browser.cookies().get(SESSION);
      assertThat(second).isNotEqualTo(first);
      assertThat(status(first)).isEqualTo(401);
      assertThat(status(second)).isEqualTo(200);
    }
  }

  @Test
  void signingOutEndsItInAllWindowsButNotTheOneOfAnotherBrowser() throws Exception {
    try (RunningWebapp.Browser browser = webapp.browser();
        RunningWebapp.Browser another = webapp.browser()) {
      browser.signIn(webapp.token());
      another.signIn(webapp.token());
      String shared = browser.cookies().get(SESSION);
      assertThat(status(shared)).isEqualTo(200);
      HttpResponse<String> answer = browser.post("/logout", "_csrf=" + browser.csrf());
      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(status(shared)).as("another window").isEqualTo(401);
      assertThat(another.get(NODES).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theCookieIsOnlyForThisServerOnlyForHttpsWhereThereIsHttpsAndNotForScripts()
      throws Exception {
    HttpResponse<String> login =
        webapp.send(webapp.request("/login").header("X-Forwarded-Proto", "https"));
    String csrf = login.headers().firstValue("Set-Cookie").orElseThrow().split("[=;]", -1)[1];
    HttpResponse<String> answer =
        webapp.send(
            webapp
                .request("/login")
                .header("X-Forwarded-Proto", "https")
                .header("Cookie", "REMOTE_RUN_CSRF=" + csrf)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("_csrf=" + csrf + "&password=" + webapp.token())));
    assertThat(answer.headers().allValues("Set-Cookie"))
        .filteredOn(cookie -> cookie.startsWith(SESSION))
        .singleElement()
        .asString()
        .containsIgnoringCase("HttpOnly")
        .contains("Secure", "SameSite=Strict", "Path=/")
        .doesNotContain("Domain", "Max-Age", "Expires");
  }

  private static int status(String session) throws Exception {
    return webapp
        .send(webapp.request(NODES).header("Cookie", SESSION + "=" + session))
        .statusCode();
  }
}
