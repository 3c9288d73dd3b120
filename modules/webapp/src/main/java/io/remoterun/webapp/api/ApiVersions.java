package io.remoterun.webapp.api;

import io.remoterun.protocol.run.Printable;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Which versions of Rudder's API may be asked for, in the path or, where the path has none, in the
 * header {@code X-API-Version}. All are served alike. After the filters of security: strangers
 * learn nothing.
 */
public final class ApiVersions implements WebFilter {
  private static final String HEADER = "X-API-Version";
  private static final String LATEST = "latest";

  // Paths as the handlers see them: also what is written with escapes is a version.
  private static final PathPattern API = PathPatternParser.defaultInstance.parse("/rudder/api/**");
  private static final PathPattern IN_PATH =
      PathPatternParser.defaultInstance.parse("/rudder/api/{version:latest|[0-9]+}/**");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final HttpStatus unknown;
  private final int oldest;
  private final int newest;

  /**
   * @param status500 whether a version in the header that there is not is answered with 500, as
   *     Rudder does, instead of 400
   */
  public ApiVersions(ApiSettings settings, boolean status500) {
    this.unknown = status500 ? HttpStatus.INTERNAL_SERVER_ERROR : HttpStatus.BAD_REQUEST;
    this.oldest = settings.oldestVersion();
    this.newest = settings.newestVersion();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
    if (!API.matches(path)) {
      return chain.filter(exchange);
    }
    PathPattern.PathMatchInfo inPath = IN_PATH.matchAndExtract(path);
    if (inPath != null) {
      String version = inPath.getUriVariables().getOrDefault("version", "");
      return isAvailable(version)
          ? chain.filter(exchange)
          : Answers.error(exchange, HttpStatus.NOT_FOUND, unavailable(version));
    }
    return Mono.defer(
        () -> {
          Optional<String> asked = OneHeader.find(exchange, HEADER);
          return asked.isPresent() && !isAvailable(asked.get())
              ? Answers.error(
                  exchange, unknown, "invalid header " + HEADER + ": " + unavailable(asked.get()))
              : chain.filter(exchange);
        });
  }

  private boolean isAvailable(String version) {
    if (version.equals(LATEST)) {
      return true;
    }
    int number = NUMBER.matcher(version).matches() ? Integer.parseInt(version) : 0;
    return number >= oldest && number <= newest;
  }

  private String unavailable(String version) {
    return "version "
        + Printable.of(version)
        + " of the API is not available, but "
        + oldest
        + " to "
        + newest
        + " and "
        + LATEST
        + " are";
  }
}
