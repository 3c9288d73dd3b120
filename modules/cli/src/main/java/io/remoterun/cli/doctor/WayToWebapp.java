package io.remoterun.cli.doctor;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.http.TlsLook;
import io.remoterun.cli.http.Webapp;
import io.remoterun.cli.settings.Settings;
import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** This program's own way to the webapp, up to what that says of itself. */
final class WayToWebapp {
  private static final int PATIENCE = Math.toIntExact(Duration.ofSeconds(10).toMillis());
  private static final int NOT_READY = 503;
  private static final String LOGIN = "use remote-run login, REMOTE_RUN_TOKEN or --token-file";

  private final Settings settings;
  private final Webapp webapp;
  private final List<Look> looks = new ArrayList<>();
  private boolean isThere = true;

  WayToWebapp(Settings settings, Webapp webapp) {
    this.settings = settings;
    this.webapp = webapp;
  }

  /** Blocks; what has failed is the last one, but for parts of the webapp. */
  Way look() {
    looks.add(settings());
    if (host() && connection() && answers() && token()) {
      parts();
    }
    return new Way(settings.url().toString(), "", looks);
  }

  /** The same where the settings already are wrong. */
  static Way of(Failure wrong) {
    Look settings = Look.failed("settings", String.valueOf(wrong.getMessage()), "");
    return new Way("not known", "", List.of(settings));
  }

  private boolean add(Supplier<Look> step) {
    long begin = System.nanoTime();
    Look look = step.get().after(System.nanoTime() - begin);
    looks.add(look);
    return !look.hasFailed();
  }

  private Look settings() {
    String token = settings.sources().token();
    return Look.ok(
        "settings",
        "URL: "
            + settings.sources().url()
            + "; token: "
            + (token.isEmpty() ? "none" : token)
            + settings.pin().map(pin -> "; a pinned key").orElse("")
            + settings.caFile().map(file -> "; authorities: " + file).orElse(""));
  }

  private boolean host() {
    return add(this::resolve);
  }

  private Look resolve() {
    String host = host(settings.url());
    try {
      String addresses =
          Stream.of(InetAddress.getAllByName(host))
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(", "));
      return Look.ok("resolve", host.equals(addresses) ? "an address" : host + " is " + addresses);
    } catch (UnknownHostException e) {
      return Look.failed(
          "resolve", host + " does not resolve", "check the URL, and this machine's resolver");
    }
  }

  private static String host(URI url) {
    return url.getHost().replaceAll("[\\[\\]]", "");
  }

  private InetSocketAddress address() {
    URI url = settings.url();
    int usual = isSecure() ? 443 : 80;
    return new InetSocketAddress(host(url), url.getPort() < 0 ? usual : url.getPort());
  }

  private boolean isSecure() {
    return settings.url().getScheme().equals("https");
  }

  private boolean connection() {
    return add(this::connect) && (!isSecure() || add(this::tls));
  }

  private Look connect() {
    try (Socket socket = new Socket()) {
      socket.connect(address(), PATIENCE);
      return Look.ok("connect", shown(socket.getRemoteSocketAddress()) + " accepts connections");
    } catch (IOException e) {
      return Look.failed(
          "connect",
          shown(address()) + ": " + words(e),
          "check that the webapp runs, the URL (--url), and that no firewall is between");
    }
  }

  private static String shown(Object address) {
    return String.valueOf(address).replaceFirst("^.*/", "");
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.toString() : Printable.of(e.getMessage());
  }

  private Look tls() {
    TlsLook tls = TlsLook.at(address(), host(settings.url()), settings, PATIENCE);
    return tls.problem().isEmpty()
        ? Look.ok("tls", tls.words())
        : Look.failed("tls", tls.problem(), tls.advice());
  }

  /** One that is not ready shows to its users what is not. */
  private boolean answers() {
    add(this::ready);
    return isThere;
  }

  /** A front end may lead to the API only. */
  private Look ready() {
    Webapp.Said said;
    try {
      said = webapp.ask("/health/ready");
    } catch (Failure e) {
      isThere = false;
      return Look.failed("webapp", String.valueOf(e.getMessage()), "");
    }
    String status = said.body().path("status").asString("");
    if (status.equals("UP")) {
      return Look.ok("webapp", "is ready");
    }
    return said.status() == NOT_READY && status.equals("DOWN")
        ? Look.failed("webapp", "is not ready to run anything", "look at its log")
        : Look.unknown("webapp", "does not show here whether it is ready (/health/ready)");
  }

  private boolean token() {
    if (settings.token().value().isEmpty()) {
      return add(() -> Look.failed("token", "there is none", LOGIN));
    }
    return add(this::account);
  }

  private Look account() {
    try {
      Webapp.Said said = webapp.ask("remote-run-account");
      int nodes = webapp.get("nodes").path("nodes").size();
      String shown = "sees " + (nodes == 1 ? "1 node" : nodes + " nodes");
      return said.status() == 200
          ? Look.ok("token", account(said.body().path("data")) + "; " + shown)
          : Look.ok("token", "is accepted; " + shown);
    } catch (Failure e) {
      return Look.failed("token", String.valueOf(e.getMessage()), "");
    }
  }

  private static String account(JsonNode account) {
    List<String> rights =
        StreamSupport.stream(account.path("rights").spliterator(), false)
            .map(right -> right.asString(""))
            .toList();
    String may = rights.contains("admin") ? "administrator" : "may " + String.join(", ", rights);
    return Printable.of("account " + account.path("name").asString("") + ", " + may);
  }

  private void parts() {
    try {
      JsonNode health = webapp.ask("remote-run-health").body().path("data");
      if (health.path("components").isEmpty()) {
        looks.add(
            Look.unknown("parts", "its database and root relay are shown to who has status:read")
                .seenBy(Look.WEBAPP));
      }
      for (Map.Entry<String, JsonNode> part : health.path("components").properties()) {
        looks.add(part(Printable.of(part.getKey()), part.getValue()).seenBy(Look.WEBAPP));
      }
    } catch (Failure e) {
      looks.add(Look.failed("parts", String.valueOf(e.getMessage()), ""));
    }
  }

  private static Look part(String name, JsonNode part) {
    String details = Printable.of(part.path("details").asString(""));
    String status = part.path("status").asString("");
    String words = details.isEmpty() ? status.toLowerCase(Locale.ROOT) : details;
    return status.equals("UP")
        ? Look.ok(name, words)
        : Look.failed(name, words, "look at the webapp's log; docs/troubleshooting.md");
  }
}
