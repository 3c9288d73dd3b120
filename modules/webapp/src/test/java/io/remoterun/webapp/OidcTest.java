package io.remoterun.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OidcTest {
  private static final URI NO_RELAY = URI.create("http://127.0.0.1:1/rudder/relay-api/1");
  private static final String NODES = "/rudder/secure/api/nodes";

  @TempDir static Path folder;
  private static TestProvider provider;
  private static RunningWebapp webapp;
  private RunningWebapp.Browser browser;

  @BeforeAll
  static void start() throws Exception {
    provider = new TestProvider();
    Path secret = Files.writeString(folder.resolve("oidc"), "client's secret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    webapp =
        RunningWebapp.start(
            folder,
            NO_RELAY,
            "security.oidc.issuer=" + provider.issuer(),
            "security.oidc.client-id=remote-run",
            "security.oidc.client-secret-file=" + secret,
            "security.oidc.rights[0].group=operators",
            "security.oidc.rights[0].rights=run:read",
            "security.oidc.rights[0].all-nodes=true");
  }

  @AfterAll
  static void stop() {
    webapp.close();
    provider.close();
  }

  @BeforeEach
  void open() {
    browser = webapp.browser();
    provider.name = "Carol";
    provider.groups = List.of("operators");
    provider.audience = "remote-run";
  }

  @AfterEach
  void close() {
    browser.close();
  }

  @Test
  void theSignInPageKnowsTheWay() throws Exception {
    assertThat(browser.send(webapp.request("/login/options.json")).body())
        .isEqualTo("{\"oidc\":\"oauth2/authorization/oidc\"}");
  }

  @Test
  void letsInWhomTheProviderKnowsWithTheRightsOfItsGroups() throws Exception {
    HttpResponse<String> answer = browser.get(wayBack());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    // Also where a front end has put a path before ours.
    assertThat(answer.body()).contains("url=../../../\"");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .filteredOn(cookie -> cookie.startsWith("REMOTE_RUN_OIDC="))
        .singleElement(STRING)
        .contains("Path=/;");
    assertThat(browser.get(NODES).statusCode()).isEqualTo(200);
    assertThat(browser.get("/rudder/secure/api/remote-run-audit").statusCode()).isEqualTo(403);
    assertThat(
            webapp
                .send(
                    webapp
                        .request("/rudder/api/remote-run-audit?action=sign_in&who=oidc:carol")
                        .header("X-API-Token", webapp.token()))
                .body())
        .contains("\"decision\":\"allowed\"");
  }

  @Test
  void refusesWhoHasNoRightHere() throws Exception {
    provider.groups = List.of("others");
    assertRefused(wayBack());
  }

  @Test
  void refusesATokenForSomebodyElse() throws Exception {
    provider.audience = "another-client";
    assertRefused(wayBack());
  }

  @Test
  void refusesACodeThatSomebodyElseHasAskedFor() throws Exception {
    String stolen = wayBack();
    try (RunningWebapp.Browser victim = webapp.browser()) {
      HttpResponse<String> answer = victim.get(stolen);
      assertThat(answer.headers().firstValue("Location")).contains("/login?error");
      assertThat(victim.get(NODES).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void strangersGetNoSession() throws Exception {
    browser.get("/oauth2/authorization/oidc");
    assertThat(browser.cookies())
        .containsKey("REMOTE_RUN_OIDC")
        .doesNotContainKey("REMOTE_RUN_SESSION");
  }

  private void assertRefused(String way) throws Exception {
    assertThat(browser.get(way).headers().firstValue("Location")).contains("/login?error");
    assertThat(browser.get(NODES).statusCode()).isEqualTo(401);
  }

  /** Asks here, goes to the provider, and tells where that sends the browser. */
  private String wayBack() throws Exception {
    HttpResponse<String> out = browser.get("/oauth2/authorization/oidc");
    assertThat(out.statusCode()).as(out.body()).isEqualTo(302);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(out.headers().firstValue("Location").orElseThrow()))
              .build();
      URI back =
          URI.create(
              http.send(request, HttpResponse.BodyHandlers.ofString())
                  .headers()
                  .firstValue("Location")
                  .orElseThrow());
      return back.getPath() + "?" + back.getRawQuery();
    }
  }
}
