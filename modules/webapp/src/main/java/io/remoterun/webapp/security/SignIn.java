package io.remoterun.webapp.security;

import io.remoterun.protocol.run.Printable;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.api.Peer;
import io.remoterun.webapp.audit.Audit;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.runs.Caller;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Lets in who shows the right thing, and writes down who does not and who signs in. After too many
 * wrong ones nothing from that address is looked at, except tokens: these cannot be guessed.
 */
final class SignIn {
  /** Who has not proved to be anybody. */
  static final String NOBODY = "nobody";

  private final Identities identities;
  private final Accounts accounts;
  private final RateLimit failures;
  private final Audit audit;

  SignIn(Identities identities, Accounts accounts, RateLimit failures, Audit audit) {
    this.identities = identities;
    this.accounts = accounts;
    this.failures = failures;
    this.audit = audit;
  }

  /** A program, which shows its token with every request. */
  Mono<Authentication> program(String token, ServerWebExchange exchange) {
    return identities
        .byToken(token)
        .<Authentication>cast(Authentication.class)
        .switchIfEmpty(
            Mono.defer(() -> wrong(exchange, NOBODY, AuditEntry.Action.REQUEST, "wrong token")));
  }

  /**
   * A person, for a session.
   *
   * @param name empty when the password is a token
   */
  Mono<Authentication> person(String name, String password, ServerWebExchange exchange) {
    return failures
        .wait(Peer.network(exchange))
        .<Mono<Authentication>>map(wait -> Mono.error(new TooManyFailures(wait)))
        .orElseGet(() -> look(name, password, exchange));
  }

  private Mono<Authentication> look(String name, String password, ServerWebExchange exchange) {
    boolean isToken = name.isEmpty();
    return (isToken ? identities.byToken(password) : identities.byPassword(name, password))
        .flatMap(known -> signedIn(known, exchange))
        .switchIfEmpty(
            Mono.defer(
                () ->
                    wrong(
                        exchange,
                        NOBODY,
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

  /** Somebody who is known elsewhere, but has no right here. */
  Mono<Authentication> wrong(
      ServerWebExchange exchange, String name, AuditEntry.Action action, String why) {
    return failures
        .take(Peer.network(exchange))
        .<Mono<Authentication>>map(wait -> Mono.error(new TooManyFailures(wait)))
        .orElseGet(
            () ->
                audit
                    .write(AuditEntry.refused(new Caller(name, Peer.of(exchange)), action, why))
                    // It is refused all the same; why it cannot be written is logged.
                    .onErrorComplete()
                    .then(Mono.error(new BadCredentialsException(why))));
  }
}
