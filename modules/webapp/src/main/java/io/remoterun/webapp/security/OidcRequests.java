package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.server.ServerAuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Who was sent to the provider, for ten minutes, by a cookie of its own: that of a session does not
 * come along when the provider sends somebody back, and strangers get no session. Of more than 1000
 * the oldest are forgotten. Thread-safe.
 */
final class OidcRequests
    implements ServerAuthorizationRequestRepository<OAuth2AuthorizationRequest> {
  private static final String COOKIE = "REMOTE_RUN_OIDC";
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final int MOST = 1000;

  private final InstantSource clock;
  private final Map<String, Sent> sent =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Sent> eldest) {
          return size() > MOST;
        }
      };

  OidcRequests(InstantSource clock) {
    this.clock = clock;
  }

  private record Sent(OAuth2AuthorizationRequest request, Instant at) {}

  @Override
  public Mono<Void> saveAuthorizationRequest(
      OAuth2AuthorizationRequest request, ServerWebExchange exchange) {
    return Mono.fromRunnable(
        () -> {
          String key = Secrets.random(32);
          synchronized (sent) {
            sent.put(key, new Sent(request, clock.instant()));
          }
          exchange.getResponse().addCookie(cookie(key, exchange, KEPT));
        });
  }

  @Override
  public Mono<OAuth2AuthorizationRequest> loadAuthorizationRequest(ServerWebExchange exchange) {
    return Mono.fromSupplier(() -> find(exchange, false));
  }

  @Override
  public Mono<OAuth2AuthorizationRequest> removeAuthorizationRequest(ServerWebExchange exchange) {
    return Mono.fromSupplier(() -> find(exchange, true));
  }

  private @Nullable OAuth2AuthorizationRequest find(ServerWebExchange exchange, boolean remove) {
    HttpCookie cookie = exchange.getRequest().getCookies().getFirst(COOKIE);
    if (cookie == null) {
      return null;
    }
    Sent found;
    synchronized (sent) {
      found = remove ? sent.remove(cookie.getValue()) : sent.get(cookie.getValue());
    }
    if (remove) {
      exchange.getResponse().addCookie(cookie("", exchange, Duration.ZERO));
    }
    String state = exchange.getRequest().getQueryParams().getFirst("state");
    return found != null
            && found.at().plus(KEPT).isAfter(clock.instant())
            && found.request().getState() != null
            && found.request().getState().equals(state)
        ? found.request()
        : null;
  }

  private static ResponseCookie cookie(String value, ServerWebExchange exchange, Duration age) {
    return ResponseCookie.from(COOKIE, value)
        // Of all paths: a front end may have put others before ours.
        .path("/")
        .httpOnly(true)
        .sameSite("Lax")
        .secure("https".equals(exchange.getRequest().getURI().getScheme()))
        .maxAge(age)
        .build();
  }
}
