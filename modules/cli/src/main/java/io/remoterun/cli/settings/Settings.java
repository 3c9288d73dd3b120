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
 */
public record Settings(URI url, Token token, Optional<Path> caFile, Optional<String> pin) {

  /** The same with a token. */
  public Settings with(Token another) {
    return new Settings(url, another, caFile, pin);
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
