package io.remoterun.cli.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.settings.Settings;
import io.remoterun.cli.settings.Settings.Token;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.core.JacksonException;

/** Signs in as the page does, with a name and a password, to make a token. */
public final class PersonSession {
  private static final String CSRF = "REMOTE_RUN_CSRF";

  private final Settings settings;
  private final URI page;
  private final CookieManager cookies =
      new CookieManager(null, CookiePolicy.ACCEPT_ORIGINAL_SERVER);
  private final HttpClient client;

  private PersonSession(Settings settings) {
    this.settings = settings;
    this.page = URI.create(settings.url().resolve("/").toString());
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(cookies)
            .followRedirects(HttpClient.Redirect.NEVER);
    TlsTrust.of(settings).ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * Another token of this account.
   *
   * @throws Failure when the password is wrong, or the account may not make tokens
   */
  public static Token token(Settings settings, String name, String password) {
    PersonSession session = new PersonSession(settings);
    try {
      session.signIn(name, password);
      return session.newToken(name);
    } catch (IOException e) {
      throw WebappErrors.unreachable(settings, e);
    } finally {
      session.client.shutdownNow();
    }
  }

  private void signIn(String name, String password) throws IOException {
    send(HttpRequest.newBuilder(page.resolve("login")));
    String form =
        "username="
            + URLEncoder.encode(name, UTF_8)
            + "&password="
            + URLEncoder.encode(password, UTF_8)
            + "&_csrf="
            + URLEncoder.encode(csrf(), UTF_8);
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(page.resolve("login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    String to = answer.headers().firstValue("Location").orElse("");
    if (answer.statusCode() >= 400 || to.contains("login")) {
      throw new Failure(
          settings.url()
              + " does not know this name with this password (status "
              + answer.statusCode()
              + ")");
    }
  }

  private Token newToken(String name) throws IOException {
    String path = "rudder/secure/api/remote-run-accounts/" + URLEncoder.encode(name, UTF_8);
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(page.resolve(path + "/tokens"))
                .header("Content-Type", "application/json")
                .header("X-CSRF-Token", csrf())
                .POST(BodyPublishers.ofString("{}")));
    if (answer.statusCode() == 403) {
      throw new Failure(
          "the password is right, but only an administrator can make a token: ask one for a token"
              + " of "
              + name);
    }
    try {
      String token = Webapp.JSON.readTree(answer.body()).at("/data/token").asString("");
      if (!token.isEmpty()) {
        return new Token(token);
      }
    } catch (JacksonException e) {
      // said below
    }
    throw WebappErrors.refused(settings, answer, answer.body());
  }

  private String csrf() {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals(CSRF))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElse("");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }
}
