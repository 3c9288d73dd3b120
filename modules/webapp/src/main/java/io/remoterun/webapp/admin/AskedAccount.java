package io.remoterun.webapp.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.GrantsJson;
import io.remoterun.webapp.accounts.StoredAccount;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an administrator wants an account, or a token, to be. What is not known is an error. */
final class AskedAccount {
  private static final int MOST_BYTES = 64 * 1024;
  private static final Set<String> KEYS =
      Set.of("name", "rights", "disabled", "expires", "password", "token");

  private final JsonNode json;

  private AskedAccount(JsonNode json) {
    this.json = json;
  }

  /** Fails with {@link BadRequest} when the body is no JSON object of these keys. */
  static Mono<AskedAccount> of(ServerWebExchange exchange) {
    return DataBufferUtils.join(exchange.getRequest().getBody(), MOST_BYTES)
        .map(AskedAccount::bytes)
        .defaultIfEmpty(new byte[0])
        .map(AskedAccount::parse);
  }

  private static AskedAccount parse(byte[] body) {
    try {
      JsonNode json = JsonMapper.shared().readTree(body.length == 0 ? "{}".getBytes(UTF_8) : body);
      if (json.isObject() && KEYS.containsAll(List.copyOf(json.propertyNames()))) {
        return new AskedAccount(json);
      }
    } catch (JacksonException e) {
      // Said below. What the parser says could show a password.
    }
    throw new BadRequest("the body should be a JSON object of some of " + List.copyOf(KEYS));
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
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
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadRequest("expires should be a time like 2030-01-31T00:00:00Z");
    }
  }
}
