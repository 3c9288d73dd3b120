package io.remoterun.webapp.security;

import static org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers.pathMatchers;

import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Requests that need a CSRF token: all that change something, but for the two with which Rudder's
 * own page triggers agents, if they are JSON and the browser itself says that a page of this very
 * origin has sent them: that page knows no token. Other pages can neither set {@code
 * Sec-Fetch-Site} nor send JSON unasked. Browsers set it where the address is HTTPS or this
 * machine; where it is missing, as with old ones, a token is needed.
 */
final class ForgeableRequests implements ServerWebExchangeMatcher {
  private static final String SENDER = "Sec-Fetch-Site";
  private static final ServerWebExchangeMatcher BUTTONS =
      pathMatchers(
          HttpMethod.POST,
          "/rudder/secure/api/nodes/applyPolicy",
          "/rudder/secure/api/nodes/{id}/applyPolicy");

  private final ServerWebExchangeMatcher all =
      new AndServerWebExchangeMatcher(
          CsrfWebFilter.DEFAULT_CSRF_MATCHER,
          new NegatedServerWebExchangeMatcher(ForgeableRequests::isOfRuddersPage));

  @Override
  public Mono<MatchResult> matches(ServerWebExchange exchange) {
    return all.matches(exchange);
  }

  private static Mono<MatchResult> isOfRuddersPage(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    return headers.getOrEmpty(SENDER).equals(List.of("same-origin")) && isJson(headers)
        ? BUTTONS.matches(exchange)
        : MatchResult.notMatch();
  }

  private static boolean isJson(HttpHeaders headers) {
    List<String> types = headers.getOrEmpty(HttpHeaders.CONTENT_TYPE);
    try {
      return types.size() == 1
          && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(
              MediaType.parseMediaType(types.getFirst()));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }
}
