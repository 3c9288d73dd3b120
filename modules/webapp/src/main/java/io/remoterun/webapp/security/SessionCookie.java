package io.remoterun.webapp.security;

import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.session.CookieWebSessionIdResolver;

/** The session's cookie: for no script, no other site, and HTTPS only if the browser speaks it. */
final class SessionCookie extends CookieWebSessionIdResolver {
  SessionCookie() {
    setCookieName("REMOTE_RUN_SESSION");
    addCookieInitializer(cookie -> cookie.httpOnly(true).sameSite("Strict"));
  }

  @Override
  public void setSessionId(ServerWebExchange exchange, String id) {
    super.setSessionId(TrustedProxies.asAsked(exchange), id);
  }

  @Override
  public void expireSession(ServerWebExchange exchange) {
    super.expireSession(TrustedProxies.asAsked(exchange));
  }
}
