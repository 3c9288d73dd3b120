package io.remoterun.webapp.accounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of accounts and their tokens. Blocks. */
final class AccountRows {
  private AccountRows() {}

  static Optional<StoredAccount> find(JdbcClient jdbc, String name) {
    return jdbc.sql("select * from account where name = ?")
        .param(name)
        .query(AccountRows::account)
        .optional();
  }

  /** The same; nobody else changes it before this transaction has ended. */
  static Optional<StoredAccount> findToChange(JdbcClient jdbc, String name) {
    return jdbc.sql("select * from account where name = ? for update")
        .param(name)
        .query(AccountRows::account)
        .optional();
  }

  static List<StoredAccount> all(JdbcClient jdbc) {
    return jdbc.sql("select * from account order by name").query(AccountRows::account).list();
  }

  static void insert(JdbcClient jdbc, StoredAccount account, @Nullable String passwordHash) {
    jdbc.sql(
            "insert into account (name, origin, grants, password_hash, disabled, expires, created,"
                + " last_used, stamp) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(account.name())
        .param(account.origin().toString())
        .param(GrantsJson.text(account.grants()))
        .param(passwordHash)
        .param(account.disabled())
        .param(at(account.expires()))
        .param(at(account.created()))
        .param(at(account.lastUsed()))
        .param(account.stamp())
        .update();
  }

  static void update(JdbcClient jdbc, StoredAccount account) {
    jdbc.sql("update account set grants = ?, disabled = ?, expires = ?, stamp = ? where name = ?")
        .param(GrantsJson.text(account.grants()))
        .param(account.disabled())
        .param(at(account.expires()))
        .param(account.stamp())
        .param(account.name())
        .update();
  }

  static void password(JdbcClient jdbc, String name, String hash) {
    jdbc.sql("update account set password_hash = ? where name = ?").params(hash, name).update();
  }

  static Optional<String> password(JdbcClient jdbc, String name) {
    return jdbc.sql(
            "select password_hash from account where name = ? and password_hash is not null")
        .param(name)
        .query(String.class)
        .optional();
  }

  static int delete(JdbcClient jdbc, String name) {
    return jdbc.sql("delete from account where name = ?").param(name).update();
  }

  static void used(JdbcClient jdbc, String name, Instant now) {
    jdbc.sql("update account set last_used = ? where name = ?").param(at(now)).param(name).update();
  }

  static Optional<StoredToken> token(JdbcClient jdbc, String hash) {
    return jdbc.sql("select * from account_token where hash = ?")
        .param(hash)
        .query(AccountRows::token)
        .optional();
  }

  static List<StoredToken> tokens(JdbcClient jdbc) {
    return jdbc.sql("select * from account_token order by created, id")
        .query(AccountRows::token)
        .list();
  }

  static void insert(JdbcClient jdbc, StoredToken token, String hash) {
    jdbc.sql(
            "insert into account_token (hash, id, account, created, expires) values (?, ?, ?, ?,"
                + " ?)")
        .param(hash)
        .param(token.id())
        .param(token.account())
        .param(at(token.created()))
        .param(at(token.expires()))
        .update();
  }

  static int deleteToken(JdbcClient jdbc, String account, String id) {
    return jdbc.sql("delete from account_token where account = ? and id = ?")
        .params(account, id)
        .update();
  }

  static void tokenUsed(JdbcClient jdbc, String id, Instant now) {
    jdbc.sql("update account_token set last_used = ? where id = ?")
        .param(at(now))
        .param(id)
        .update();
  }

  private static StoredAccount account(ResultSet row, int number) throws SQLException {
    return new StoredAccount(
        row.getString("name"),
        StoredAccount.Origin.valueOf(row.getString("origin").toUpperCase(Locale.ROOT)),
        GrantsJson.parse(row.getString("grants")),
        row.getBoolean("disabled"),
        instant(row, "expires"),
        instant(row, "created").orElseThrow(),
        instant(row, "last_used"),
        row.getObject("stamp", UUID.class));
  }

  private static StoredToken token(ResultSet row, int number) throws SQLException {
    return new StoredToken(
        row.getString("id"),
        row.getString("account"),
        instant(row, "created").orElseThrow(),
        instant(row, "expires"),
        instant(row, "last_used"));
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private static OffsetDateTime at(Instant when) {
    return when.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable OffsetDateTime at(Optional<Instant> when) {
    return when.map(AccountRows::at).orElse(null);
  }
}
