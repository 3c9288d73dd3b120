package io.remoterun.webapp.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.GrantsJson;
import io.remoterun.webapp.accounts.StoredAccount;
import io.remoterun.webapp.accounts.StoredToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An account as administrators see it.
 *
 * @param token a new one, for the only time
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AccountJson(
    String name,
    String origin,
    Map<String, Object> rights,
    boolean disabled,
    @Nullable String expires,
    String created,
    @Nullable String lastUsed,
    List<Token> tokens,
    @Nullable String token) {

  /**
   * A token.
   *
   * @param id how it begins
   * @param token itself, for the only time
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Token(
      String id,
      String created,
      @Nullable String expires,
      @Nullable String lastUsed,
      @Nullable String token) {
    static Token of(StoredToken token) {
      return of(token, null);
    }

    static Token of(Accounts.NewToken token) {
      return of(token.token(), token.secret());
    }

    private static Token of(StoredToken token, @Nullable String secret) {
      return new Token(
          token.id(),
          token.created().toString(),
          text(token.expires()),
          text(token.lastUsed()),
          secret);
    }

    @Override
    public String toString() {
      return "Token[" + id + "]";
    }
  }

  static AccountJson of(StoredAccount account, List<StoredToken> tokens) {
    return of(account, tokens.stream().map(Token::of).toList(), null);
  }

  static AccountJson of(Accounts.Made made) {
    return made.token()
        .map(token -> of(made.account(), List.of(Token.of(token.token())), token.secret()))
        .orElseGet(() -> of(made.account(), List.of()));
  }

  private static AccountJson of(StoredAccount account, List<Token> tokens, @Nullable String token) {
    return new AccountJson(
        account.name(),
        account.origin().toString(),
        GrantsJson.of(account.grants()),
        account.disabled(),
        text(account.expires()),
        account.created().toString(),
        text(account.lastUsed()),
        tokens,
        token);
  }

  private static @Nullable String text(Optional<?> value) {
    return value.map(Object::toString).orElse(null);
  }

  @Override
  public String toString() {
    return "AccountJson[" + name + "]";
  }
}
