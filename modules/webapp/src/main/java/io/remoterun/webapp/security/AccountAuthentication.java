package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Right;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** An account that has proved itself; nothing of the proof is kept. */
final class AccountAuthentication extends AbstractAuthenticationToken {
  private final transient Account account;
  private final UUID stamp;

  /**
   * @param stamp of the account as it is now; a session ends when it has another one
   */
  AccountAuthentication(Account account, UUID stamp) {
    super(
        AuthorityUtils.createAuthorityList(
            Stream.of(Right.values())
                .filter(account.grants()::maySomewhere)
                .map(Right::key)
                .toList()));
    this.account = account;
    this.stamp = stamp;
    setAuthenticated(true);
  }

  UUID stamp() {
    return stamp;
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
