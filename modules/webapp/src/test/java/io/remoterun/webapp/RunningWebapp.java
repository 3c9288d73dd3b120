package io.remoterun.webapp;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The webapp on a free port, as its role's configuration makes it, and an HTTP client. */
final class RunningWebapp implements AutoCloseable {
  private static final String NODES =
      """
      {"root":{"hostname":"server.example","policy-server":"root"},
       "n1":{"hostname":"one.example","policy-server":"root"}}
      """;

  private final ConfigurableApplicationContext context;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String token;
  private final URI url;

  private RunningWebapp(ConfigurableApplicationContext context, String token) {
    this.context = context;
    this.token = token;
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    this.url = URI.create("http://127.0.0.1:" + port);
  }

  /**
   * @param settings as {@code key=value}, below {@code remote-run.webapp}, or {@code --key=value}
   */
  static RunningWebapp start(Path folder, URI relay, String... settings) throws IOException {
    return startWith(WebappConfiguration.class, folder, relay, settings);
  }

  /**
   * @param more parts beside its own
   */
  static RunningWebapp startWith(Class<?> more, Path folder, URI relay, String... settings)
      throws IOException {
    return start(more, folder, relay, List.of(), settings);
  }

  /**
   * @param setting of Boot's server, as {@code key=value}
   */
  static RunningWebapp startServer(Path folder, URI relay, String setting) throws IOException {
    return start(WebappConfiguration.class, folder, relay, List.of("--server." + setting));
  }

  /** The same with a log that tells everything, from the first moment on. */
  static RunningWebapp startTalkative(Path folder, URI relay, String... settings)
      throws IOException {
    return start(
        WebappConfiguration.class, folder, relay, List.of("--logging.level.root=debug"), settings);
  }

  private static RunningWebapp start(
      Class<?> more, Path folder, URI relay, List<String> others, String... settings)
      throws IOException {
    Path tokenFile = folder.resolve("token");
    Path nodes = Files.writeString(folder.resolve("nodeslist.json"), NODES);
    List<String> all = new ArrayList<>(List.of("--server.port=0"));
    all.addAll(others);
    all.add("--server.shutdown=immediate");
    if (Stream.of(settings).noneMatch(setting -> setting.startsWith("shutdown-wait"))) {
      all.add("--remote-run.webapp.shutdown-wait=0s");
    }
    all.add("--spring.main.banner-mode=off");
    if (others.stream().noneMatch(other -> other.startsWith("--logging."))) {
      all.add("--logging.level.root=warn");
    }
    all.add("--remote-run.webapp.token-file=" + tokenFile);
    all.add("--remote-run.webapp.nodes-list-file=" + nodes);
    all.add("--remote-run.webapp.relay.url=" + relay);
    all.add("--remote-run.webapp.relay.token-file=" + folder.resolve("relay-token"));
    all.add("--remote-run.webapp.store.folder=" + folder.resolve("store"));
    // Tests show many wrong tokens, all from one address; unless they say otherwise.
    for (String limit : List.of("security.failures-per-minute", "security.triggers-per-minute")) {
      if (Stream.of(settings).noneMatch(setting -> setting.startsWith(limit))) {
        all.add("--remote-run.webapp." + limit + "=10000");
      }
    }
    for (String setting : settings) {
      all.add(setting.startsWith("--") ? setting : "--remote-run.webapp." + setting);
    }
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(WebappConfiguration.class, more)
            .profiles("webapp")
            .run(all.toArray(String[]::new));
    return new RunningWebapp(context, Files.readString(tokenFile).strip());
  }

  URI url() {
    return url;
  }

  String token() {
    return token;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  /** A trigger of node n1 by the public API, with the token. */
  HttpRequest.Builder trigger(String query) {
    return request("/rudder/api/latest/nodes/n1/applyPolicy" + query)
        .header("X-API-Token", token)
        .POST(HttpRequest.BodyPublishers.noBody());
  }

  /** A request of the public API, with the token. */
  HttpRequest.Builder api(String path) {
    return request("/rudder/api/latest/" + path).header("X-API-Token", token);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
    return http.sendAsync(request.build(), body);
  }

  /** A part of it. */
  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** All its parts of a kind. */
  <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  Browser browser() {
    return new Browser(this);
  }

  @Override
  public void close() {
    http.close();
    context.close();
  }

  /** Keeps cookies, and follows no redirects, so that a test sees them. */
  static final class Browser implements AutoCloseable {
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();
    private final RunningWebapp webapp;

    private Browser(RunningWebapp webapp) {
      this.webapp = webapp;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
      return send(webapp.request(path).header("Accept", "text/html"));
    }

    HttpResponse<String> post(String path, String form) throws IOException, InterruptedException {
      return send(
          webapp
              .request(path)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    HttpResponse<String> send(HttpRequest.Builder request)
        throws IOException, InterruptedException {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Loads the login page, whose CSRF cookie its form repeats, and sends the form. */
    HttpResponse<String> signIn(String token) throws IOException, InterruptedException {
      return signIn("", token);
    }

    HttpResponse<String> signIn(String name, String password)
        throws IOException, InterruptedException {
      get("/login");
      return post(
          "/login",
          "_csrf=" + csrf() + "&username=" + encoded(name) + "&password=" + encoded(password));
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    String csrf() {
      return cookies().getOrDefault("REMOTE_RUN_CSRF", "");
    }

    Map<String, String> cookies() {
      Map<String, String> values = new HashMap<>();
      cookies.getCookieStore().getCookies().forEach(c -> values.put(c.getName(), c.getValue()));
      return values;
    }

    @Override
    public void close() {
      http.close();
    }
  }
}
