package io.remoterun.webapp.security;

import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.api.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.csrf.CsrfException;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Who is not let in is told so in the API's envelope, and the log says who it was. */
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger("remote-run.webapp");

  private Refusals() {}

  static Mono<Void> noToken(ServerWebExchange exchange, AuthenticationException e) {
    if (e instanceof TooManyFailures failures) {
      return Answers.tooMany(exchange, TooManyFailures.WHAT, failures.untilNext());
    }
    return refuse(
        exchange,
        HttpStatus.UNAUTHORIZED,
        "the header X-API-Token is missing or holds a wrong token");
  }

  static Mono<Void> noSession(ServerWebExchange exchange, AuthenticationException e) {
    return refuse(exchange, HttpStatus.UNAUTHORIZED, "sign in first");
  }

  static Mono<Void> notAllowed(ServerWebExchange exchange, AccessDeniedException e) {
    return e instanceof CsrfException
        ? refuse(
            exchange, HttpStatus.FORBIDDEN, "the CSRF token is missing or old: load the page again")
        : refuse(exchange, HttpStatus.FORBIDDEN, "you have no right to do this");
  }

  static Mono<Void> malformed(ServerWebExchange exchange, ServerExchangeRejectedException e) {
    return refuse(exchange, HttpStatus.BAD_REQUEST, "malformed request");
  }

  static void wrongSignIn(ServerWebExchange exchange, AuthenticationException e) {
    log.warn("refused to sign in {}: {}", Peer.of(exchange), e.getMessage());
  }

  static void signedIn(ServerWebExchange exchange, String user) {
    log.info("signed in {} from {}", user, Peer.of(exchange));
  }

  private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String why) {
    ServerHttpRequest request = exchange.getRequest();
    log.warn(
        "refused {} from {} with {}: {}",
        Printable.of(request.getMethod() + " " + request.getPath().value()),
        Peer.of(exchange),
        status.value(),
        why);
    return Answers.error(exchange, status, why);
  }
}
