package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import java.util.stream.Stream;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** An account that has proved itself; nothing of the proof is kept. */
final class AccountAuthentication extends AbstractAuthenticationToken {
  private final transient Account account;

  AccountAuthentication(Account account) {
    super(
        AuthorityUtils.createAuthorityList(
            Stream.of(Right.values())
                .filter(account.grants()::maySomewhere)
                .map(Right::key)
                .toList()));
    this.account = account;
    setAuthenticated(true);
  }

  @Override
  public Account getPrincipal() {
    return account;
  }

  @Override
  public String getCredentials() {
    return "";
  }
}
