package io.remoterun.webapp.security;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import reactor.core.publisher.Mono;

/** Whoever shows the token may do everything that can be done. */
final class TokenAuthentication implements ReactiveAuthenticationManager {
  private static final String USER = "api-token";

  private final ApiToken token;

  TokenAuthentication(ApiToken token) {
    this.token = token;
  }

  @Override
  public Mono<Authentication> authenticate(Authentication shown) {
    return shown.getCredentials() instanceof String guess && token.matches(guess)
        ? Mono.just(holder())
        : Mono.error(new BadCredentialsException("wrong token"));
  }

  private static Authentication holder() {
    return UsernamePasswordAuthenticationToken.authenticated(
        USER, null, AuthorityUtils.createAuthorityList(Rights.READ_NODES, Rights.TRIGGER_RUNS));
  }
}
