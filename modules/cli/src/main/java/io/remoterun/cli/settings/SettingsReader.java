package io.remoterun.cli.settings;

import io.remoterun.cli.console.Failure;
import io.remoterun.cli.console.FileProblem;
import io.remoterun.cli.settings.Settings.Token;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts flags, environment and file together; what is said first in this order counts. */
public final class SettingsReader {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";

  /** The webapp writes it at each start, for root or whoever runs it. */
  private static final Path SYSTEM_TOKEN = Path.of("/var/rudder/run/api-token");

  private final Map<String, String> flags = new HashMap<>();
  private final Map<String, String> environment;
  private final Map<String, String> file;
  private final String filesName;

  /**
   * @param from flag, variable or file
   */
  private record Found<T>(T value, String from) {}

  private SettingsReader(WebappOptions options, Map<String, String> environment) {
    if (options.token != null) {
      throw Failure.usage(
          "--token is not there: everybody on this machine could read it in the list of"
              + " processes. Use remote-run login, REMOTE_RUN_TOKEN or --token-file");
    }
    this.environment = environment;
    put("url", options.url);
    put("token-file", options.tokenFile);
    put("ca-file", options.caFile);
    put("pin", options.pin);
    put("insecure-http", options.insecureHttp ? "true" : null);
    Optional<Path> named =
        Optional.ofNullable(options.config).or(() -> variable("REMOTE_RUN_CONFIG")).map(Path::of);
    Optional<Path> path = named.or(() -> SettingsFile.usual(environment).filter(Files::exists));
    this.file = path.map(SettingsFile::read).orElse(Map.of());
    this.filesName = path.map(Path::toString).orElse("");
  }

  /**
   * @throws Failure when they make no sense, or would show the token to others
   */
  public static Settings read(WebappOptions options, Map<String, String> environment) {
    SettingsReader reader = new SettingsReader(options, environment);
    URI url = reader.url();
    Found<Token> token = reader.token(url, isLocal(url));
    return reader.settings(url).with(token.value(), token.from());
  }

  /** The same for whoever is about to get one. */
  public static Settings readWithoutToken(WebappOptions options, Map<String, String> environment) {
    SettingsReader reader = new SettingsReader(options, environment);
    return reader.settings(reader.url());
  }

  /** Where {@code login} writes to. */
  public static Path fileToWrite(WebappOptions options, Map<String, String> environment) {
    return Optional.ofNullable(options.config)
        .or(() -> Optional.ofNullable(environment.get("REMOTE_RUN_CONFIG")))
        .map(Path::of)
        .or(() -> SettingsFile.usual(environment))
        .orElseThrow(() -> new Failure("there is no HOME to write settings to: use --config"));
  }

  private void put(String key, @Nullable String value) {
    if (value != null) {
      flags.put(key, value);
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  private Optional<Found<String>> found(String key) {
    String variable = "REMOTE_RUN_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    return Optional.ofNullable(flags.get(key))
        .map(value -> new Found<>(value, "--" + key))
        .or(() -> variable(variable).map(value -> new Found<>(value, variable)))
        .or(() -> Optional.ofNullable(file.get(key)).map(value -> new Found<>(value, filesName)));
  }

  private Optional<String> setting(String key) {
    return found(key).map(Found::value);
  }

  private URI url() {
    URI url = url(setting("url").orElse(DEFAULT_URL));
    if (url.getScheme().equals("http")
        && !isLocal(url)
        && !setting("insecure-http").orElse("false").equals("true")) {
      throw new Failure(
          url
              + " is another machine without TLS: everybody on the way could read the token. Use"
              + " https, or --insecure-http if that is meant");
    }
    return url;
  }

  private Settings settings(URI url) {
    return new Settings(
        url,
        Token.NONE,
        setting("ca-file").map(Path::of),
        setting("pin"),
        new Settings.Sources(found("url").map(Found::from).orElse("default"), ""));
  }

  static URI url(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new Failure(
        "'" + text + "' is no URL of a webapp: should be like https://rudder.example.org/rudder");
  }

  private static boolean isLocal(URI url) {
    String host = url.getHost();
    return host.equals("localhost")
        || host.matches("127\\.[0-9]+\\.[0-9]+\\.[0-9]+")
        || host.equals("[::1]");
  }

  private Found<Token> token(URI url, boolean isLocal) {
    if (flags.containsKey("token-file")) {
      return new Found<>(fromFile(Path.of(flags.get("token-file"))), "--token-file");
    }
    return variable("REMOTE_RUN_TOKEN")
        .map(value -> new Found<>(new Token(value), "REMOTE_RUN_TOKEN"))
        .or(
            () ->
                variable("REMOTE_RUN_TOKEN_FILE")
                    .map(path -> new Found<>(fromFile(Path.of(path)), "REMOTE_RUN_TOKEN_FILE")))
        .or(() -> fromSettings(url).map(token -> new Found<>(token, filesName)))
        .or(() -> isLocal ? systemToken() : Optional.empty())
        .orElse(new Found<>(Token.NONE, ""));
  }

  /** A token is for the webapp that it stands beside, and not for one that a flag names. */
  private Optional<Token> fromSettings(URI url) {
    Optional<Token> token =
        Optional.ofNullable(file.get("token"))
            .map(Token::new)
            .or(
                () ->
                    Optional.ofNullable(file.get("token-file"))
                        .map(Path::of)
                        .map(SettingsReader::fromFile));
    URI its = url(file.getOrDefault("url", DEFAULT_URL));
    if (token.isPresent() && !its.equals(url)) {
      throw new Failure(
          "the token in "
              + filesName
              + " is for "
              + its
              + ", not for "
              + url
              + ": give one with REMOTE_RUN_TOKEN or --token-file");
    }
    return token;
  }

  private static Optional<Found<Token>> systemToken() {
    return Files.isReadable(SYSTEM_TOKEN)
        ? Optional.of(new Found<>(fromFile(SYSTEM_TOKEN), SYSTEM_TOKEN.toString()))
        : Optional.empty();
  }

  private static Token fromFile(Path file) {
    try {
      String token = Files.readString(file).strip();
      SettingsFile.checkSecret(file);
      return new Token(token);
    } catch (IOException e) {
      throw new Failure("cannot read the token from " + file + ": " + FileProblem.words(e));
    }
  }
}
