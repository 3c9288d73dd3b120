package io.remoterun.webapp.security;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The token in the header that Rudder's clients send. */
final class TokenHeader {
  private static final String NAME = "X-API-Token";

  private TokenHeader() {}

  static Mono<Authentication> read(ServerWebExchange exchange) {
    return Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst(NAME))
        .map(token -> UsernamePasswordAuthenticationToken.unauthenticated(NAME, token));
  }
}
