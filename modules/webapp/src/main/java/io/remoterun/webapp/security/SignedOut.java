package io.remoterun.webapp.security;

import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.runs.Caller;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.WebFilterExchange;
import org.springframework.security.web.server.authentication.logout.RedirectServerLogoutSuccessHandler;
import org.springframework.security.web.server.authentication.logout.ServerLogoutSuccessHandler;
import reactor.core.publisher.Mono;

/** Writes down who has signed out, and shows the sign-in page. */
final class SignedOut implements ServerLogoutSuccessHandler {
  private final ServerLogoutSuccessHandler toLogin = new RedirectServerLogoutSuccessHandler();
  private final Audit audit;

  SignedOut(Audit audit) {
    this.audit = audit;
  }

  @Override
  public Mono<Void> onLogoutSuccess(WebFilterExchange exchange, Authentication user) {
    Mono<Void> written =
        user instanceof AccountAuthentication known
            ? audit.write(
                AuditEntry.allowed(
                    new Caller(known.getName(), Peer.of(exchange.getExchange())),
                    AuditEntry.Action.SIGN_OUT,
                    ""))
            : Mono.empty();
    // The session has ended already; why that cannot be written is logged.
    return written
        .onErrorComplete()
        .then(Mono.defer(() -> toLogin.onLogoutSuccess(exchange, user)));
  }
}
