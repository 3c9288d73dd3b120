package io.remoterun.cli.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.settings.Settings;
import io.remoterun.protocol.BuildVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Asks the webapp. Every method blocks; what goes wrong is told as a {@link Failure}. */
public final class Webapp implements AutoCloseable {
  public static final JsonMapper JSON = new JsonMapper();

  private static final int TOO_MANY = 429;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A cancel waits for agents to end, and lists may be long. */
  private static final Duration ANSWER = Duration.ofSeconds(90);

  private final Settings settings;
  private final URI api;
  private final HttpClient client;

  public Webapp(Settings settings) {
    this.settings = settings;
    this.api = URI.create(settings.url() + path(settings.url()) + "/api/latest/");
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            // The token is for this address only.
            .followRedirects(HttpClient.Redirect.NEVER);
    TlsTrust.of(settings).ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /** Where nothing is said, the API is where Rudder has it. */
  private static String path(URI url) {
    return url.getRawPath() == null || url.getRawPath().isEmpty() ? "/rudder" : "";
  }

  public URI url() {
    return settings.url();
  }

  /**
   * @param body without JSON in it: missing
   */
  public record Said(int status, JsonNode body) {}

  /**
   * What the webapp says to whoever asks, whether it is a refusal or not.
   *
   * @param path below the API, or from the root on if it starts with a slash; then no token is sent
   */
  public Said ask(String path) {
    HttpRequest.Builder request =
        path.startsWith("/") ? plain(settings.url().resolve(path)) : request(path);
    try {
      HttpResponse<String> response = sendOrFail(request.build(), BodyHandlers.ofString());
      return new Said(response.statusCode(), json(response.body()));
    } catch (IOException e) {
      throw WebappErrors.unreachable(settings, e);
    }
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  public JsonNode get(String path) {
    return data(request(path));
  }

  /** What changes nothing, so that it may be asked for again. */
  public JsonNode post(String path, JsonNode body) {
    return data(withBody(request(path), body));
  }

  private static HttpRequest.Builder withBody(HttpRequest.Builder request, JsonNode body) {
    return request
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.isMissingNode() ? "" : body.toString()));
  }

  /**
   * @param key the request's own name, with which it is done once however often it is asked
   */
  public JsonNode post(String path, JsonNode body, String key) {
    return dataOrAgain(withBody(request(path).header("Idempotency-Key", key), body));
  }

  public JsonNode delete(String path) {
    return data(request(path).DELETE());
  }

  /**
   * The lines of a run's events.
   *
   * @param last number of the last event that is known; 0 for none
   * @throws IOException when there is no connection, or it is lost, or the webapp cannot answer now
   */
  public InputStream events(String run, long last) throws IOException {
    return lines("remote-runs/" + run + "/events", last);
  }

  /** All that there is at this path, line by line. */
  public InputStream lines(String path, long last) throws IOException {
    HttpRequest request =
        request(path)
            .header("Accept", "application/x-ndjson")
            .header("Last-Event-ID", Long.toString(last))
            .build();
    HttpResponse<InputStream> response = sendOrFail(request, BodyHandlers.ofInputStream());
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      Failure refused =
          WebappErrors.refused(settings, response, new String(body.readAllBytes(), UTF_8));
      if (response.statusCode() >= 500 || response.statusCode() == TOO_MANY) {
        throw new IOException(refused.getMessage());
      }
      throw refused;
    }
  }

  /** What a person can do about it. */
  public String words(IOException e) {
    return WebappErrors.words(settings, e);
  }

  private HttpRequest.Builder request(String path) {
    if (settings.token().value().isEmpty()) {
      throw new Failure(
          "there is no token for "
              + settings.url()
              + ": use remote-run login, REMOTE_RUN_TOKEN or --token-file");
    }
    try {
      return plain(api.resolve(path)).header("X-API-Token", settings.token().value());
    } catch (IllegalArgumentException e) {
      throw new Failure("the token or the URL cannot be sent: " + e.getMessage());
    }
  }

  private static HttpRequest.Builder plain(URI uri) {
    return HttpRequest.newBuilder(uri)
        .header("User-Agent", BuildVersion.userAgent())
        .timeout(ANSWER);
  }

  private JsonNode data(HttpRequest.Builder request) {
    try {
      return data(sendOrFail(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw WebappErrors.unreachable(settings, e);
    }
  }

  /** With its key it can be asked again when it is not known whether it was heard. */
  private JsonNode dataOrAgain(HttpRequest.Builder request) {
    try {
      return data(sendOrFail(request.build(), BodyHandlers.ofString()));
    } catch (IOException first) {
      return WebappErrors.wasNotHeard(first) ? failed(first) : data(request);
    }
  }

  private JsonNode failed(IOException e) {
    throw WebappErrors.unreachable(settings, e);
  }

  private JsonNode data(HttpResponse<String> response) {
    JsonNode answer;
    try {
      answer = JSON.readTree(response.body());
    } catch (JacksonException e) {
      throw WebappErrors.refused(settings, response, response.body());
    }
    if (response.statusCode() >= 300 || !answer.path("result").asString("").equals("success")) {
      throw WebappErrors.refused(settings, response, response.body());
    }
    return answer.path("data");
  }

  private <T> HttpResponse<T> sendOrFail(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return client.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  /** Does not wait for answers that still come. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
