package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Grants;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import reactor.core.publisher.Mono;

/** Whoever shows the token may do everything that can be done. */
final class TokenAuthentication implements ReactiveAuthenticationManager {
  private final ApiToken token;

  TokenAuthentication(ApiToken token) {
    this.token = token;
  }

  @Override
  public Mono<Authentication> authenticate(Authentication shown) {
    return shown.getCredentials() instanceof String guess && token.matches(guess)
        ? Mono.just(new AccountAuthentication(new Account(Account.SYSTEM, Grants.everything())))
        : Mono.error(new BadCredentialsException("wrong token"));
  }
}
