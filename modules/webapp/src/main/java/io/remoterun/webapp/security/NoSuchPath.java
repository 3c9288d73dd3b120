package io.remoterun.webapp.security;

import org.springframework.http.HttpStatus;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/**
 * What no rule names does not exist: strangers are asked to sign in, and users are told that there
 * is nothing, instead of that they may not have it.
 */
final class NoSuchPath implements ReactiveAuthorizationManager<AuthorizationContext> {

  @Override
  public Mono<AuthorizationResult> authorize(
      Mono<Authentication> user, AuthorizationContext context) {
    return user.filter(Authentication::isAuthenticated)
        .<AuthorizationResult>map(
            known -> {
              throw new ResponseStatusException(HttpStatus.NOT_FOUND);
            })
        .defaultIfEmpty(new AuthorizationDecision(false));
  }
}
