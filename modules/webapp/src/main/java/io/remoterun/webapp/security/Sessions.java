package io.remoterun.webapp.security;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;

/**
 * A session says who has signed in, and as what; for every request the account is looked up again,
 * and if anything of it has changed the session is over. It gets a new id when somebody signs in.
 */
final class Sessions implements ServerSecurityContextRepository {
  private static final String HELD = Sessions.class.getName();

  private final Identities identities;
  private final Duration idleTimeout;
  private final Duration maxAge;
  private final InstantSource clock;

  Sessions(Identities identities, Duration idleTimeout, Duration maxAge, InstantSource clock) {
    this.identities = identities;
    this.idleTimeout = idleTimeout;
    this.maxAge = maxAge;
    this.clock = clock;
  }

  /** What is kept in a session. */
  private record Held(String name, UUID stamp, Instant began) implements Serializable {}

  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    return exchange
        .getSession()
        .flatMap(
            session ->
                context != null && context.getAuthentication() instanceof AccountAuthentication who
                    ? begin(session, who)
                    : session.invalidate());
  }

  private Mono<Void> begin(WebSession session, AccountAuthentication who) {
    session.setMaxIdleTime(idleTimeout);
    session.getAttributes().put(HELD, new Held(who.getName(), who.stamp(), clock.instant()));
    return session.changeSessionId();
  }

  /** Several parts of a request ask; they get one answer. */
  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    Mono<SecurityContext> known = exchange.getAttribute(HELD);
    if (known == null) {
      known = exchange.getSession().flatMap(this::find).cache();
      exchange.getAttributes().put(HELD, known);
    }
    return known;
  }

  private Mono<SecurityContext> find(WebSession session) {
    return session.getAttribute(HELD) instanceof Held held
        ? check(held)
            .<SecurityContext>map(SecurityContextImpl::new)
            .switchIfEmpty(Mono.defer(() -> session.invalidate().then(Mono.empty())))
        : Mono.empty();
  }

  private Mono<AccountAuthentication> check(Held held) {
    return held.began().plus(maxAge).isBefore(clock.instant())
        ? Mono.empty()
        : identities.still(held.name(), held.stamp());
  }
}
