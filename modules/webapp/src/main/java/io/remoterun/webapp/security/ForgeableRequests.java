package io.remoterun.webapp.security;

import static org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers.pathMatchers;

import org.springframework.http.HttpHeaders;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Requests that need a CSRF token: all that change something, but for JSON to the API of which the
 * browser itself says that a page of this very origin has sent it. That is how Rudder's own page
 * asks, which knows no token. No page can set {@code Sec-Fetch-Site}, and browsers set it where the
 * address is HTTPS or this machine; where it is missing, a token is needed.
 */
final class ForgeableRequests implements ServerWebExchangeMatcher {
  private static final String SENDER = "Sec-Fetch-Site";
  private static final ServerWebExchangeMatcher API = pathMatchers("/rudder/secure/api/**");

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
    String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
    return "same-origin".equals(headers.getFirst(SENDER))
            && type != null
            && type.startsWith("application/json")
        ? API.matches(exchange)
        : MatchResult.notMatch();
  }
}
