package io.remoterun.webapp.security;

import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.runs.Caller;
import java.security.Principal;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What could come from another page is refused, and it is written down for whose session. */
final class ForgedRequest implements ServerAccessDeniedHandler {
  private final Sessions sessions;
  private final Floods floods;

  ForgedRequest(Sessions sessions, Floods floods) {
    this.sessions = sessions;
    this.floods = floods;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, AccessDeniedException e) {
    ServerHttpRequest request = exchange.getRequest();
    String what =
        request.getMethod()
            + " "
            + request.getPath().value()
            + ": the CSRF token is missing or old";
    // This comes before anybody has asked who it is.
    return sessions
        .load(exchange)
        .mapNotNull(SecurityContext::getAuthentication)
        .map(Principal::getName)
        .defaultIfEmpty(SignIn.NOBODY)
        .flatMap(
            name ->
                floods.write(
                    "forged " + name + " " + Peer.network(exchange),
                    AuditEntry.refused(
                        new Caller(name, Peer.of(exchange)), AuditEntry.Action.REQUEST, what)))
        // It is refused all the same.
        .onErrorComplete()
        .then(Mono.defer(() -> Refusals.notAllowed(exchange, e)));
  }
}
