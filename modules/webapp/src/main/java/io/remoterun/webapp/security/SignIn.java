package io.remoterun.webapp.security;

import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.runs.Caller;
import java.time.Duration;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Lets in who shows the right thing, and writes down who does not and who signs in. After too many
 * wrong ones nothing from that address is looked at, except tokens: these cannot be guessed.
 *
 * <p>Who signs in counts as wrong until it is known better: finding out takes long, and of many
 * that come at once the last one is not to be looked at before the first one counts.
 */
final class SignIn {
  /** Who has not proved to be anybody. */
  static final String NOBODY = "nobody";

  private final Identities identities;
  private final Accounts accounts;
  private final RateLimit failures;
  private final Audit audit;
  private final Floods floods;

  SignIn(Identities identities, Accounts accounts, RateLimit failures, Audit audit, Floods floods) {
    this.identities = identities;
    this.accounts = accounts;
    this.failures = failures;
    this.audit = audit;
    this.floods = floods;
  }

  /** A program, which shows its token with every request. */
  Mono<Authentication> program(String token, ServerWebExchange exchange) {
    return identities
        .byToken(token)
        .<Authentication>cast(Authentication.class)
        .switchIfEmpty(Mono.defer(() -> wrong(exchange, AuditEntry.Action.REQUEST, "wrong token")));
  }

  /**
   * A person, for a session.
   *
   * @param name empty when the password is a token
   */
  Mono<Authentication> person(String name, String password, ServerWebExchange exchange) {
    String network = Peer.network(exchange);
    return Mono.defer(
        () ->
            failures
                .take(network)
                .map(wait -> tooMany(exchange, AuditEntry.Action.SIGN_IN, wait))
                .orElseGet(
                    () ->
                        look(name, password, exchange)
                            .doOnNext(known -> failures.giveBack(network))
                            // It was not found to be wrong, but not found out.
                            .doOnError(
                                e -> !(e instanceof BadCredentialsException),
                                e -> failures.giveBack(network))));
  }

  private Mono<Authentication> look(String name, String password, ServerWebExchange exchange) {
    boolean isToken = name.isEmpty();
    return (isToken ? identities.byToken(password) : identities.byPassword(name, password))
        .flatMap(known -> signedIn(known, exchange))
        .switchIfEmpty(
            Mono.defer(
                () ->
                    refused(
                        exchange,
                        AuditEntry.Action.SIGN_IN,
                        isToken ? "wrong token" : "wrong password for " + Printable.of(name))));
  }

  /** Written down before there is a session. */
  Mono<Authentication> signedIn(AccountAuthentication known, ServerWebExchange exchange) {
    Caller by = new Caller(known.getName(), Peer.of(exchange));
    return audit
        .write(AuditEntry.allowed(by, AuditEntry.Action.SIGN_IN, ""))
        .then(accounts.used(known.getName()))
        .thenReturn(known);
  }

  /** Counts one that is known to be wrong; fails in any case. */
  Mono<Authentication> wrong(ServerWebExchange exchange, AuditEntry.Action action, String why) {
    return failures
        .take(Peer.network(exchange))
        .map(wait -> tooMany(exchange, action, wait))
        .orElseGet(() -> refused(exchange, action, why));
  }

  private Mono<Authentication> refused(
      ServerWebExchange exchange, AuditEntry.Action action, String why) {
    return audit
        .write(AuditEntry.refused(nobody(exchange), action, why))
        // It is refused all the same; why it cannot be written is logged.
        .onErrorComplete()
        .then(Mono.error(new BadCredentialsException(why)));
  }

  private Mono<Authentication> tooMany(
      ServerWebExchange exchange, AuditEntry.Action action, Duration wait) {
    return floods
        .write(
            "failures " + Peer.network(exchange),
            AuditEntry.refused(nobody(exchange), action, TooManyFailures.WHAT))
        .then(Mono.error(new TooManyFailures(wait)));
  }

  private static Caller nobody(ServerWebExchange exchange) {
    return new Caller(NOBODY, Peer.of(exchange));
  }
}
