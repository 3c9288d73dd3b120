package io.remoterun.webapp.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The CSRF token in a cookie, which is for HTTPS only if the browser speaks HTTPS. */
final class CsrfCookie implements ServerCsrfTokenRepository {
  private final ServerCsrfTokenRepository plain = cookie(false);
  private final ServerCsrfTokenRepository secure = cookie(true);

  private static ServerCsrfTokenRepository cookie(boolean secure) {
    CookieServerCsrfTokenRepository cookie = CookieServerCsrfTokenRepository.withHttpOnlyFalse();
    cookie.setCookieName("REMOTE_RUN_CSRF");
    cookie.setHeaderName("X-CSRF-Token");
    cookie.setCookieCustomizer(builder -> builder.sameSite("Strict").secure(secure));
    return cookie;
  }

  private ServerCsrfTokenRepository of(ServerWebExchange exchange) {
    return "https".equals(exchange.getRequest().getURI().getScheme()) ? secure : plain;
  }

  @Override
  public Mono<CsrfToken> generateToken(ServerWebExchange exchange) {
    return of(exchange).generateToken(exchange);
  }

  @Override
  public Mono<Void> saveToken(ServerWebExchange exchange, @Nullable CsrfToken token) {
    return of(exchange).saveToken(exchange, token);
  }

  @Override
  public Mono<CsrfToken> loadToken(ServerWebExchange exchange) {
    return of(exchange).loadToken(exchange);
  }
}
