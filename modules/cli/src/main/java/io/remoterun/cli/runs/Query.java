package io.remoterun.cli.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.cli.console.Failure;
import java.net.URLEncoder;
import org.jspecify.annotations.Nullable;

/** A path of the webapp's API with what is asked of it. Not thread-safe. */
final class Query {
  private final StringBuilder path;

  /**
   * @param limit as {@code -n} says
   * @param most that the webapp tells at once
   */
  Query(String path, int limit, int most) {
    if (limit < 1 || limit > most) {
      throw Failure.usage("-n: " + limit + " should be 1 to " + most);
    }
    this.path = new StringBuilder(path).append("?perPage=").append(limit);
  }

  /** Nothing where there is no value. */
  Query with(String name, @Nullable String value) {
    if (value != null) {
      path.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
    }
    return this;
  }

  Query in(Span span) {
    return with("since", span.since).with("until", span.until);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
