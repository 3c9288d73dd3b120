package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.GrantsJson;
import io.remoterun.webapp.accounts.StoredAccount;
import io.remoterun.webapp.api.Parameters;
import io.remoterun.webapp.api.RequestBody;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an administrator wants an account, or a token, to be. What is not known is an error. */
final class AskedAccount {
  /** Of a new account. */
  static final Set<String> NEW = Set.of("name", "rights", "expires", "password", "token");

  /** Of an account that is changed. */
  static final Set<String> CHANGE = Set.of("rights", "disabled", "expires", "password");

  /** Of a new token. */
  static final Set<String> TOKEN = Set.of("expires");

  private final JsonNode json;

  private AskedAccount(JsonNode json) {
    this.json = json;
  }

  /**
   * Nothing is asked for where there is no body. Fails with {@link BadRequest} when it is no JSON
   * object of these keys; what it is instead is not told, because it could show a password.
   */
  static Mono<AskedAccount> of(ServerWebExchange exchange, Set<String> keys) {
    return RequestBody.of(exchange, JsonNode.class)
        .defaultIfEmpty(JsonMapper.shared().createObjectNode())
        .map(
            json -> {
              if (!json.isObject() || !keys.containsAll(List.copyOf(json.propertyNames()))) {
                throw new BadRequest(
                    "the body should be a JSON object of some of " + new TreeSet<>(keys));
              }
              return new AskedAccount(json);
            });
  }

  String name() {
    return StoredAccount.name(
        text("name").orElseThrow(() -> new BadRequest("the name is missing")));
  }

  Grants rights() {
    return json.has("rights") ? GrantsJson.parse(json.get("rights")) : Grants.none();
  }

  Optional<String> password() {
    return text("password");
  }

  /** When it expires; nothing, and null, is never. */
  Optional<Instant> expires() {
    return text("expires").map(AskedAccount::time);
  }

  /** Whether a token is wanted at once, which is so unless there is a password. */
  boolean wantsToken() {
    return json.has("token") ? flag("token") : password().isEmpty();
  }

  /** The account with what is asked for; what is not, stays. */
  StoredAccount change(StoredAccount account) {
    return Accounts.with(
        account,
        json.has("rights") ? rights() : account.grants(),
        json.has("disabled") ? flag("disabled") : account.disabled(),
        json.has("expires") ? expires() : account.expires());
  }

  /** For the audit log: what was asked for, without secrets. */
  String words() {
    StringBuilder words = new StringBuilder();
    for (String key : List.of("rights", "disabled", "expires")) {
      if (json.has(key)) {
        words.append(' ').append(key).append(' ').append(json.get(key));
      }
    }
    return words + (json.has("password") ? " a password" : "");
  }

  private boolean flag(String key) {
    if (!json.get(key).isBoolean()) {
      throw new BadRequest(key + " should be true or false");
    }
    return json.get(key).booleanValue();
  }

  private Optional<String> text(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw new BadRequest(key + " should be a text");
    }
    return Optional.of(value.stringValue());
  }

  private static Instant time(String text) {
    try {
      return Parameters.instant(text);
    } catch (DateTimeException e) {
      throw new BadRequest("expires should be a time like 2030-01-31T00:00:00Z");
    }
  }
}
