package io.remoterun.webapp.accounts;

import io.remoterun.webapp.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The accounts in the database, which all webapps share: what is changed at one counts at once at
 * all of them. Thread-safe; nothing here blocks.
 */
public final class Accounts {
  private static final int ID_LENGTH = 8;
  private static final int SECRET_LENGTH = 32;
  private static final Duration USE_IS_NOTED_EVERY = Duration.ofMinutes(1);

  private final Database database;
  private final InstantSource clock;

  public Accounts(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A token, for the only time. */
  public record NewToken(StoredToken token, String secret) {
    @Override
    public String toString() {
      return "NewToken[" + token + "]";
    }
  }

  /** An account, and its first token if it was made with one. */
  public record Made(StoredAccount account, Optional<NewToken> token) {}

  /** Everything there is. */
  public record Listing(List<StoredAccount> accounts, List<StoredToken> tokens) {}

  public Mono<Listing> list() {
    return database.call(jdbc -> new Listing(AccountRows.all(jdbc), AccountRows.tokens(jdbc)));
  }

  /** Empty when there is none. */
  public Mono<StoredAccount> find(String name) {
    return database.call(jdbc -> AccountRows.find(jdbc, name).orElse(null));
  }

  /** The account, unless it is unknown, disabled, or expired. */
  public Mono<StoredAccount> usable(String name) {
    return find(name).filter(account -> account.isUsable(now()));
  }

  /** Whose token it is; empty when it is nobody's, or one that is of no use any more. */
  public Mono<StoredAccount> byToken(String secret) {
    String hash = Secrets.hash(secret);
    return database.call(jdbc -> byHash(jdbc, hash).orElse(null));
  }

  private Optional<StoredAccount> byHash(JdbcClient jdbc, String hash) {
    Instant now = now();
    Optional<StoredToken> token =
        AccountRows.token(jdbc, hash).filter(found -> found.isUsable(now));
    Optional<StoredAccount> account =
        token
            .flatMap(found -> AccountRows.find(jdbc, found.account()))
            .filter(found -> found.isUsable(now));
    if (account.isPresent() && isOld(token.orElseThrow().lastUsed(), now)) {
      AccountRows.tokenUsed(jdbc, token.orElseThrow().id(), now);
      AccountRows.used(jdbc, account.get().name(), now);
    }
    return account;
  }

  private static boolean isOld(Optional<Instant> use, Instant now) {
    return use.map(time -> time.plus(USE_IS_NOTED_EVERY).isBefore(now)).orElse(true);
  }

  /** Notes that somebody has signed in. */
  public Mono<Void> used(String name) {
    return database.run(jdbc -> AccountRows.used(jdbc, name, now()));
  }

  /** The hash of its password; empty when there is no such account, or it has none. */
  public Mono<String> password(String name) {
    return database.call(jdbc -> AccountRows.password(jdbc, name).orElse(null));
  }

  /**
   * Makes one here, with its first token or not at all. Fails with {@link DuplicateKeyException}
   * when the name is taken.
   */
  public Mono<Made> make(
      String name,
      Grants grants,
      Optional<Instant> expires,
      Optional<String> passwordHash,
      boolean withToken) {
    StoredAccount account = fresh(name, StoredAccount.Origin.LOCAL, grants, expires);
    Optional<NewToken> token =
        withToken ? Optional.of(freshToken(name, Optional.empty())) : Optional.empty();
    return database
        .run(
            jdbc -> {
              AccountRows.insert(jdbc, account, passwordHash.orElse(null));
              token.ifPresent(first -> insert(jdbc, first));
            })
        .thenReturn(new Made(account, token));
  }

  /**
   * The account of somebody who has proved elsewhere who it is, with the rights that follow from
   * it, which may have changed since the last time. Empty when it is disabled here.
   */
  public Mono<StoredAccount> external(StoredAccount.Origin origin, String name, Grants grants) {
    return database
        .call(jdbc -> external(jdbc, origin, origin.prefix() + name, grants))
        // Signing in somewhere else for the first time, too, has just made it.
        .retryWhen(Retry.max(1).filter(DuplicateKeyException.class::isInstance))
        .filter(account -> account.isUsable(now()));
  }

  private StoredAccount external(
      JdbcClient jdbc, StoredAccount.Origin origin, String name, Grants grants) {
    Optional<StoredAccount> known = AccountRows.findToChange(jdbc, name);
    if (known.isEmpty()) {
      StoredAccount made = fresh(name, origin, grants, Optional.empty());
      AccountRows.insert(jdbc, made, null);
      return made;
    }
    StoredAccount account = known.get();
    if (account.grants().equals(grants)) {
      return account;
    }
    StoredAccount changed = with(account, grants, account.disabled(), account.expires());
    AccountRows.update(jdbc, changed);
    return changed;
  }

  /** Ends the account's sessions as well. Empty when there is none of that name. */
  public Mono<StoredAccount> change(
      String name, UnaryOperator<StoredAccount> change, Optional<String> passwordHash) {
    return database.call(
        jdbc -> {
          Optional<StoredAccount> known = AccountRows.findToChange(jdbc, name);
          known.map(change).ifPresent(changed -> AccountRows.update(jdbc, changed));
          known.ifPresent(
              account ->
                  passwordHash.ifPresent(hash -> AccountRows.password(jdbc, account.name(), hash)));
          return AccountRows.find(jdbc, name).orElse(null);
        });
  }

  /** The account with these instead, and a new stamp. */
  public static StoredAccount with(
      StoredAccount account, Grants grants, boolean disabled, Optional<Instant> expires) {
    return new StoredAccount(
        account.name(),
        account.origin(),
        grants,
        disabled,
        expires,
        account.created(),
        account.lastUsed(),
        UUID.randomUUID());
  }

  /** With its tokens; its sessions end. False when there is none of that name. */
  public Mono<Boolean> delete(String name) {
    return database.call(jdbc -> AccountRows.delete(jdbc, name) > 0);
  }

  /** A new token for an account that exists. */
  public Mono<NewToken> newToken(String account, Optional<Instant> expires) {
    NewToken token = freshToken(account, expires);
    return database.run(jdbc -> insert(jdbc, token)).thenReturn(token);
  }

  private NewToken freshToken(String account, Optional<Instant> expires) {
    String id = Secrets.random(ID_LENGTH);
    String secret = id + Secrets.random(SECRET_LENGTH);
    return new NewToken(
        new StoredToken(id, account, now(), expires.map(Accounts::micros), Optional.empty()),
        secret);
  }

  private static void insert(JdbcClient jdbc, NewToken token) {
    AccountRows.insert(jdbc, token.token(), Secrets.hash(token.secret()));
  }

  /** Whether the account has a token of this id. */
  public Mono<Boolean> hasToken(String account, String id) {
    return database.call(
        jdbc ->
            AccountRows.tokens(jdbc).stream()
                .anyMatch(token -> token.account().equals(account) && token.id().equals(id)));
  }

  /** False when the account has no such token. */
  public Mono<Boolean> deleteToken(String account, String id) {
    return database.call(jdbc -> AccountRows.deleteToken(jdbc, account, id) > 0);
  }

  private StoredAccount fresh(
      String name, StoredAccount.Origin origin, Grants grants, Optional<Instant> expires) {
    return new StoredAccount(
        name,
        origin,
        grants,
        false,
        expires.map(Accounts::micros),
        now(),
        Optional.empty(),
        UUID.randomUUID());
  }

  private Instant now() {
    return micros(clock.instant());
  }

  private static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }
}
