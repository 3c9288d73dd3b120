package io.remoterun.webapp.admin;

import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.accounts.Account;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.accounts.StoredAccount;
import io.remoterun.webapp.api.Answers;
import io.remoterun.webapp.api.Envelope;
import io.remoterun.webapp.api.Parameters;
import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.runs.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Accounts and their tokens, for administrators. Each change is written down before it is made. */
@RestController
@RequestMapping({
  "/rudder/api/remote-run-accounts",
  "/rudder/api/{version:latest|[0-9]+}/remote-run-accounts",
  "/rudder/secure/api/remote-run-accounts"
})
public final class AccountsController {
  private final Accounts accounts;
  private final Passwords passwords;
  private final Audit audit;

  public AccountsController(Accounts accounts, Passwords passwords, Audit audit) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.audit = audit;
  }

  @GetMapping
  Mono<Void> list(ServerWebExchange exchange) {
    Parameters.of(exchange);
    return accounts
        .list()
        .map(all -> all.accounts().stream().map(account -> json(account, all)).toList())
        .flatMap(all -> answer(exchange, HttpStatus.OK, "listAccounts", Map.of("accounts", all)));
  }

  @GetMapping("/{name}")
  Mono<Void> get(@PathVariable String name, ServerWebExchange exchange) {
    Parameters.of(exchange);
    return accounts
        .list()
        .mapNotNull(
            all ->
                all.accounts().stream()
                    .filter(account -> account.name().equals(name))
                    .findFirst()
                    .map(account -> json(account, all))
                    .orElse(null))
        .switchIfEmpty(unknown(name))
        .flatMap(account -> answer(exchange, HttpStatus.OK, "getAccount", account));
  }

  private static AccountJson json(StoredAccount account, Accounts.Listing all) {
    return AccountJson.of(
        account,
        all.tokens().stream().filter(token -> token.account().equals(account.name())).toList());
  }

  @PostMapping
  Mono<Void> make(@AuthenticationPrincipal Account user, ServerWebExchange exchange) {
    Parameters.of(exchange);
    return AskedAccount.of(exchange, AskedAccount.NEW)
        .flatMap(asked -> make(asked, user, exchange))
        .flatMap(made -> answer(exchange, HttpStatus.CREATED, "createAccount", made));
  }

  private Mono<AccountJson> make(AskedAccount asked, Account user, ServerWebExchange exchange) {
    // Whatever may be wrong is read before anything is written down or done.
    String name = asked.name();
    Grants rights = asked.rights();
    Optional<Instant> expires = asked.expires();
    boolean wantsToken = asked.wantsToken();
    String what = "make " + name + asked.words();
    return accounts
        .find(name)
        .flatMap(known -> refused(user, exchange, what, taken(name)))
        .then(hash(asked))
        .flatMap(
            hash ->
                writeAndDo(
                    user, exchange, what, accounts.make(name, rights, expires, hash, wantsToken)))
        .onErrorResume(DuplicateKeyException.class, e -> refused(user, exchange, what, taken(name)))
        .map(AccountJson::of);
  }

  @PutMapping("/{name}")
  Mono<Void> change(
      @PathVariable String name,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    return existing(name)
        .then(AskedAccount.of(exchange, AskedAccount.CHANGE))
        .flatMap(
            asked ->
                // What is malformed is refused before it is written down.
                existing(name)
                    .map(asked::change)
                    .then(hash(asked))
                    .flatMap(hash -> change(name, asked, hash, user, exchange)))
        .flatMap(
            account ->
                answer(
                    exchange, HttpStatus.OK, "updateAccount", AccountJson.of(account, List.of())));
  }

  private Mono<StoredAccount> change(
      String name,
      AskedAccount asked,
      Optional<String> hash,
      Account user,
      ServerWebExchange exchange) {
    String what = "change " + name + asked.words();
    return writeAndDo(user, exchange, what, accounts.change(name, asked::change, hash))
        .switchIfEmpty(Mono.defer(() -> refused(user, exchange, what, gone(name))));
  }

  @DeleteMapping("/{name}")
  Mono<Void> delete(
      @PathVariable String name,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    return existing(name)
        .then(writeAndDo(user, exchange, "delete " + name, accounts.delete(name)))
        .filter(deleted -> deleted)
        .switchIfEmpty(Mono.defer(() -> refused(user, exchange, "delete " + name, gone(name))))
        .then(answer(exchange, HttpStatus.OK, "deleteAccount", Map.of("name", name)));
  }

  @PostMapping("/{name}/tokens")
  Mono<Void> newToken(
      @PathVariable String name,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    return existing(name)
        .then(AskedAccount.of(exchange, AskedAccount.TOKEN))
        .flatMap(
            asked -> {
              Optional<Instant> expires = asked.expires();
              String what = "new token of " + name + asked.words();
              return writeAndDo(user, exchange, what, accounts.newToken(name, expires));
            })
        .flatMap(
            token ->
                answer(exchange, HttpStatus.CREATED, "createToken", AccountJson.Token.of(token)));
  }

  @DeleteMapping("/{name}/tokens/{id}")
  Mono<Void> deleteToken(
      @PathVariable String name,
      @PathVariable String id,
      @AuthenticationPrincipal Account user,
      ServerWebExchange exchange) {
    Parameters.of(exchange);
    String what = "delete token " + Printable.of(id) + " of " + name;
    return accounts
        .hasToken(name, id)
        .filter(known -> known)
        .switchIfEmpty(unknown(name))
        .then(writeAndDo(user, exchange, what, accounts.deleteToken(name, id)))
        .filter(deleted -> deleted)
        .switchIfEmpty(Mono.defer(() -> refused(user, exchange, what, gone(name))))
        .flatMap(deleted -> answer(exchange, HttpStatus.OK, "deleteToken", Map.of("id", id)));
  }

  private Mono<Optional<String>> hash(AskedAccount asked) {
    return Mono.justOrEmpty(asked.password())
        .flatMap(passwords::hash)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty());
  }

  private Mono<StoredAccount> existing(String name) {
    return accounts.find(name).switchIfEmpty(unknown(name));
  }

  private <T> Mono<T> writeAndDo(
      Account user, ServerWebExchange exchange, String what, Mono<T> deed) {
    Caller by = new Caller(user.name(), Peer.of(exchange));
    return audit.writeAndDo(AuditEntry.allowed(by, AuditEntry.Action.ACCOUNT, what), deed);
  }

  /** It may be done, but cannot be as things are, and the log says so as well. */
  private <T> Mono<T> refused(
      Account user, ServerWebExchange exchange, String what, ResponseStatusException why) {
    Caller by = new Caller(user.name(), Peer.of(exchange));
    return audit
        .write(AuditEntry.refused(by, AuditEntry.Action.ACCOUNT, what + ": " + why.getReason()))
        .then(Mono.error(why));
  }

  private static ResponseStatusException gone(String name) {
    return new ResponseStatusException(
        HttpStatus.NOT_FOUND, "somebody else has just deleted it of account " + name);
  }

  private static <T> Mono<T> unknown(String name) {
    return Mono.error(
        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no account " + name));
  }

  private static ResponseStatusException taken(String name) {
    return new ResponseStatusException(
        HttpStatus.CONFLICT, "there is an account " + name + " already");
  }

  private static Mono<Void> answer(
      ServerWebExchange exchange, HttpStatus status, String action, Object data) {
    exchange.getResponse().getHeaders().setCacheControl("no-store");
    return Answers.write(exchange, status, Envelope.success(action, data));
  }
}
