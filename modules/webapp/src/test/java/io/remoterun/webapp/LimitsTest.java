package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.ScriptedRelay;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.store.Database;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

@Timeout(60)
class LimitsTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");

  @TempDir Path folder;

  @Test
  void whoGuessesIsToldToWaitAndOthersAreNot() throws Exception {
    try (RunningWebapp webapp =
            RunningWebapp.start(
                folder,
                NO_RELAY,
                "security.failures-per-minute=3",
                "security.trusted-proxies=127.0.0.1");
        RunningWebapp.Browser browser = webapp.browser()) {
      for (int i = 0; i < 3; i++) {
        assertThat(from(webapp, "192.0.2.1", "wrong").statusCode()).isEqualTo(401);
      }
      HttpResponse<String> refused = from(webapp, "192.0.2.1", "wrong");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("\"result\":\"error\"", "too many wrong tokens");
      assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, 60);
      assertThat(from(webapp, "192.0.2.2", "wrong").statusCode()).as("another").isEqualTo(401);
      assertThat(from(webapp, "192.0.2.1", webapp.token()).statusCode())
          .as("what cannot be guessed")
          .isEqualTo(200);

      for (int i = 0; i < 3; i++) {
        assertThat(browser.signIn("alice", "wrong").statusCode()).isEqualTo(302);
      }
      assertThat(browser.signIn("", webapp.token()).statusCode()).isEqualTo(429);
      assertThat(get(webapp, "/rudder/api/remote-run-audit?who=nobody&action=request"))
          .contains("\"total\":5", "\"from\":\"192.0.2.2\"");
    }
  }

  @Test
  void aForwardedAddressIsNotBelievedFromAnybody() throws Exception {
    try (RunningWebapp webapp = RunningWebapp.start(folder, NO_RELAY)) {
      from(webapp, "192.0.2.1", "wrong");
      assertThat(get(webapp, "/rudder/api/remote-run-audit?action=request"))
          .contains("\"from\":\"127.0.0.1:")
          .doesNotContain("192.0.2.1");
    }
  }

  @Test
  void cookiesAreSecureWhereATrustedFrontEndSpeaksHttps() throws Exception {
    try (RunningWebapp webapp =
        RunningWebapp.start(folder, NO_RELAY, "security.trusted-proxies=127.0.0.0/8")) {
      HttpResponse<String> answer =
          webapp.send(webapp.request("/login").header("X-Forwarded-Proto", "https"));
      assertThat(answer.headers().allValues("Set-Cookie"))
          .isNotEmpty()
          .allMatch(cookie -> cookie.contains("Secure"));
    }
  }

  @Test
  void anAccountMayNotStartTooManyRuns() throws Exception {
    try (RunningWebapp webapp =
        RunningWebapp.start(folder, NO_RELAY, "security.triggers-per-minute=2")) {
      assertThat(webapp.send(webapp.trigger("")).statusCode()).isEqualTo(502);
      assertThat(webapp.send(webapp.trigger("")).statusCode()).isEqualTo(502);
      HttpResponse<String> answer = webapp.send(webapp.trigger(""));
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(answer.body()).contains("\"action\":\"applyPolicy\"", "too many runs");
    }
  }

  /** One password at once, and one that waits. */
  @Configuration(proxyBeanMethods = false)
  static class HardlyAnyPasswords {
    @Bean
    @Primary
    Passwords hardlyAny() {
      return new Passwords(1, 1);
    }
  }

  @Test
  void whoCannotBeLookedAtNowIsToldToComeAgain() throws Exception {
    try (RunningWebapp webapp =
            RunningWebapp.startWith(HardlyAnyPasswords.class, folder, NO_RELAY);
        RunningWebapp.Browser browser = webapp.browser()) {
      browser.get("/login");
      String csrf = browser.csrf();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            webapp.sendAsync(
                webapp
                    .request("/login")
                    .header("Cookie", "REMOTE_RUN_CSRF=" + csrf)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(
                        BodyPublishers.ofString(
                            "_csrf=" + csrf + "&username=alice&password=a%20guess")),
                BodyHandlers.ofString()));
      }
      List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
      assertThat(all)
          .extracting(HttpResponse::statusCode)
          .contains(302, 503)
          .containsOnly(302, 503);
      assertThat(all)
          .filteredOn(answer -> answer.statusCode() == 503)
          .allSatisfy(
              answer -> {
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body()).contains("too many passwords are being checked");
              });
    }
  }

  @Test
  void nothingRunsThatCannotBeWrittenDown() throws Exception {
    try (ScriptedRelay relay = new ScriptedRelay();
        RunningWebapp webapp = RunningWebapp.start(folder, relay.url())) {
      webapp
          .bean(Database.class)
          .run(jdbc -> jdbc.sql("alter table audit rename to lost").update())
          .block(Duration.ofSeconds(20));
      HttpResponse<String> answer = webapp.send(webapp.trigger(""));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("the audit log cannot be written, so nothing was done");
      assertThat(relay.wasAsked()).isFalse();
      try (RunningWebapp.Browser browser = webapp.browser()) {
        assertThat(browser.signIn(webapp.token()).statusCode()).isEqualTo(503);
        assertThat(browser.get("/rudder/secure/api/nodes").statusCode()).isEqualTo(401);
      }
    }
  }

  private static HttpResponse<String> from(RunningWebapp webapp, String address, String token)
      throws Exception {
    return webapp.send(
        webapp
            .request("/rudder/api/latest/nodes")
            .header("X-Forwarded-For", "203.0.113.7, " + address)
            .header("X-API-Token", token));
  }

  private static String get(RunningWebapp webapp, String path) throws Exception {
    return webapp.send(webapp.request(path).header("X-API-Token", webapp.token())).body();
  }
}
