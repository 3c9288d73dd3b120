package io.remoterun.webapp.security;

import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.runs.Caller;
import java.security.Principal;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Who is known, but has not the right for a path, is told so, and it is written down. */
final class NotAllowed implements ServerAccessDeniedHandler {
  private final Audit audit;

  NotAllowed(Audit audit) {
    this.audit = audit;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, AccessDeniedException e) {
    ServerHttpRequest request = exchange.getRequest();
    String what = request.getMethod() + " " + request.getPath().value() + ": no right to do this";
    return exchange
        .getPrincipal()
        .map(Principal::getName)
        .defaultIfEmpty(SignIn.NOBODY)
        .map(name -> new Caller(name, Peer.of(exchange)))
        .flatMap(by -> audit.write(AuditEntry.refused(by, AuditEntry.Action.REQUEST, what)))
        // It is refused all the same; why it cannot be written is logged.
        .onErrorComplete()
        .then(Mono.defer(() -> Refusals.notAllowed(exchange, e)));
  }
}
