package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Right;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;

/**
 * Who may use a path at all. To which nodes that applies is decided by its handler.
 *
 * @param patterns of paths, as Spring has them
 */
record Rule(HttpMethod method, List<String> patterns, Who who) {

  /** Who it is for. */
  sealed interface Who {}

  /** Also for strangers. */
  record Anybody() implements Who {}

  /** For whoever has a session. */
  record SignedIn() implements Who {}

  /** For whoever has one of these. */
  record With(Set<Right> rights) implements Who {}

  static Rule page(HttpMethod method, String pattern, Who who) {
    return new Rule(method, List.of(pattern), who);
  }

  /** An operation of the API, in all the forms that its path has for programs and for the page. */
  static Rule api(HttpMethod method, String path, Right... rights) {
    return new Rule(
        method,
        // A version as the handlers have it: any other word there is the beginning of a path.
        Stream.of("/rudder/api/", "/rudder/api/{version:latest|[0-9]+}/", "/rudder/secure/api/")
            .map(base -> base + path)
            .toList(),
        new With(Set.of(rights)));
  }
}
