package io.remoterun.cli.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of the webapp.
 *
 * @param url of the webapp, without the API's path
 * @param token empty when there is none; never shown
 * @param caFile certificates to trust instead of the system's
 * @param pin the webapp's public key, as {@code sha256//BASE64}: then names and authorities do not
 *     matter
 * @param sources where URL and token were found
 */
public record Settings(
    URI url, Token token, Optional<Path> caFile, Optional<String> pin, Sources sources) {

  /**
   * For a person who wonders: flags, variables, files.
   *
   * @param token empty when there is none
   */
  public record Sources(String url, String token) {}

  /** The same with a token that was just got. */
  public Settings with(Token another) {
    return with(another, "");
  }

  Settings with(Token another, String from) {
    return new Settings(url, another, caFile, pin, new Sources(sources.url(), from));
  }

  /** A secret: its text form does not tell it. */
  public record Token(String value) {
    public static final Token NONE = new Token("");

    @Override
    public String toString() {
      return value.isEmpty() ? "no token" : "a token";
    }
  }
}
