package io.remoterun.webapp.security;

import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.accounts.StoredAccount;
import io.remoterun.webapp.accounts.SystemToken;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Finds out who somebody is, by what is shown. Empty when it is nobody. */
final class Identities {
  private final SystemToken systemToken;
  private final Accounts accounts;
  private final Passwords passwords;
  private final Directory directory;
  private final AccountAuthentication system =
      new AccountAuthentication(
          new Account(Account.SYSTEM, Grants.everything()), UUID.randomUUID());

  Identities(SystemToken systemToken, Accounts accounts, Passwords passwords, Directory directory) {
    this.systemToken = systemToken;
    this.accounts = accounts;
    this.passwords = passwords;
    this.directory = directory;
  }

  Mono<AccountAuthentication> byToken(String token) {
    return systemToken.matches(token)
        ? Mono.just(system)
        : accounts.byToken(token).map(Identities::proved);
  }

  /** Asks the directory, if there is one, for names that have no password here. */
  Mono<AccountAuthentication> byPassword(String name, String password) {
    Mono<StoredAccount> here =
        passwords
            .matches(password, accounts.password(name))
            .filter(matches -> matches)
            .flatMap(matches -> accounts.usable(name));
    Mono<StoredAccount> there =
        directory
            .find(name, password)
            .flatMap(
                person ->
                    accounts.external(StoredAccount.Origin.LDAP, person.name(), person.grants()));
    return here.switchIfEmpty(there).map(Identities::proved);
  }

  /** Somebody whom the OpenID provider knows. */
  Mono<AccountAuthentication> known(Directory.Person person) {
    return accounts
        .external(StoredAccount.Origin.OIDC, person.name(), person.grants())
        .map(Identities::proved);
  }

  /** The same account, unless anything of it has changed. */
  Mono<AccountAuthentication> still(String name, UUID stamp) {
    return name.equals(Account.SYSTEM)
        ? Mono.just(system).filter(now -> now.stamp().equals(stamp))
        : accounts.usable(name).filter(now -> now.stamp().equals(stamp)).map(Identities::proved);
  }

  private static AccountAuthentication proved(StoredAccount account) {
    return new AccountAuthentication(account.account(), account.stamp());
  }
}
