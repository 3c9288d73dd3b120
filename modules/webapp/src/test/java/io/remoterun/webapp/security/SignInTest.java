package io.remoterun.webapp.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.testing.Eventually;
import io.remoterun.webapp.accounts.Accounts;
import io.remoterun.webapp.accounts.Busy;
import io.remoterun.webapp.accounts.Grants;
import io.remoterun.webapp.accounts.Passwords;
import io.remoterun.webapp.accounts.RateLimit;
import io.remoterun.webapp.accounts.SystemToken;
import io.remoterun.webapp.audit.AuditEntry;
import io.remoterun.webapp.audit.Floods;
import io.remoterun.webapp.store.Database;
import io.remoterun.webapp.store.StoreDataSource;
import io.remoterun.webapp.store.StoreSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Many sign-ins at once, at a directory that answers when the test says so. */
@Timeout(60)
class SignInTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int MOST = 5;

  @TempDir Path folder;
  private HikariDataSource source;
  private Database database;
  private Passwords passwords;
  private SignIn signIn;

  private final AtomicInteger asked = new AtomicInteger();
  private final List<AuditEntry> written = new CopyOnWriteArrayList<>();
  private volatile Mono<Directory.Person> answer = Mono.empty();

  @BeforeEach
  void open() throws Exception {
    source = StoreDataSource.open(StoreSettings.in(folder), Optional::empty);
    database = Database.migrated(source);
    passwords = new Passwords();
    Accounts accounts = new Accounts(database, InstantSource.system());
    Directory directory =
        (name, password) ->
            Mono.defer(
                () -> {
                  asked.incrementAndGet();
                  return answer;
                });
    signIn =
        new SignIn(
            new Identities(
                SystemToken.make(folder.resolve("token")), accounts, passwords, directory),
            accounts,
            new RateLimit(MOST, InstantSource.system()),
            this::write,
            new Floods(this::write, VirtualTimeScheduler.create()));
  }

  private Mono<Void> write(AuditEntry entry) {
    return Mono.fromRunnable(() -> written.add(entry));
  }

  @AfterEach
  void close() {
    passwords.close();
    database.close();
    source.close();
  }

  @Test
  void ofManyGuessesAtOnceNoMoreAreLookedAtThanOfThoseOneAfterTheOther() {
    Sinks.Empty<Directory.Person> nobody = Sinks.empty();
    answer = nobody.asMono();
    List<Class<?>> outcomes = new CopyOnWriteArrayList<>();
    Mono<Void> all = guesses(30).doOnNext(outcomes::add).then().cache();
    var running = all.subscribe();
    Eventually.await(
        "all but those that are looked at are refused",
        () -> outcomes.size() == 30 - MOST && asked.get() == MOST,
        () -> outcomes.size() + " refused, " + asked + " looked at");
    assertThat(outcomes).containsOnly(TooManyFailures.class);
    nobody.tryEmitEmpty();
    all.block(SOON);
    running.dispose();
    assertThat(asked).hasValue(MOST);
    assertThat(outcomes).filteredOn(BadCredentialsException.class::equals).hasSize(MOST);
    assertThat(written)
        .extracting(entry -> entry.details().split(" for ", 2)[0])
        .containsOnlyOnce(TooManyFailures.WHAT)
        .filteredOn("wrong password"::equals)
        .hasSize(MOST);
  }

  private Flux<Class<?>> guesses(int number) {
    return Flux.range(0, number)
        .flatMap(
            i ->
                person("guess")
                    .<Class<?>>map(Authentication::getClass)
                    .onErrorResume(error -> Mono.just(error.getClass())),
            number);
  }

  @Test
  void whoIsRightCountsForNothingHoweverOften() {
    answer = Mono.just(new Directory.Person("alice", Grants.everything()));
    for (int i = 0; i < 2 * MOST; i++) {
      assertThat(person("right").blockOptional(SOON)).isPresent();
    }
    answer = Mono.empty();
    for (int i = 0; i < MOST; i++) {
      assertThat(failure(person("wrong"))).isInstanceOf(BadCredentialsException.class);
    }
    assertThat(failure(person("wrong"))).isInstanceOf(TooManyFailures.class);
  }

  @Test
  void whatNobodyCouldLookAtWasNotWrong() {
    answer = Mono.error(new Busy("busy"));
    for (int i = 0; i < 2 * MOST; i++) {
      assertThat(failure(person("any"))).isInstanceOf(Busy.class);
    }
  }

  private static @Nullable Throwable failure(Mono<?> what) {
    return what.materialize().blockOptional(SOON).orElseThrow().getThrowable();
  }

  private Mono<Authentication> person(String password) {
    ServerWebExchange exchange =
        MockServerWebExchange.from(
            MockServerHttpRequest.post("/login")
                .remoteAddress(new InetSocketAddress("192.0.2.1", 1)));
    return signIn.person("alice", password, exchange);
  }
}
