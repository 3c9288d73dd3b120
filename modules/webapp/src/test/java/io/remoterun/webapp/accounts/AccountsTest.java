package io.remoterun.webapp.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.testing.Eventually;
import io.remoterun.webapp.store.Database;
import io.remoterun.webapp.store.StoreDataSource;
import io.remoterun.webapp.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Timeout(60)
@NullUnmarked
class AccountsTest {
  private static final Duration SOON = Duration.ofSeconds(50);

  @TempDir Path folder;
  private HikariDataSource source;
  private Database database;

  @BeforeEach
  void open() throws Exception {
    source = StoreDataSource.open(settings(), Optional::empty);
    database = Database.migrated(source);
  }

  StoreSettings settings() throws Exception {
    return StoreSettings.in(folder);
  }

  @AfterEach
  void close() {
    database.close();
    source.close();
  }

  @Test
  void anAccountWhoseFirstTokenCannotBeWrittenIsNotThere() {
    Accounts accounts = new Accounts(database, InstantSource.system());
    database.run(jdbc -> jdbc.sql("drop table account_token").update()).block(SOON);

    Mono<Accounts.Made> made =
        accounts.make("dora", Grants.everything(), Optional.empty(), Optional.empty(), true);

    assertThatThrownBy(() -> made.block(SOON)).isInstanceOf(DataAccessException.class);
    assertThat(accounts.find("dora").block(SOON)).isNull();
  }

  /** Otherwise the one who has read it first writes back what the other one has changed. */
  @Test
  void ofTwoWhoChangeAnAccountAtOnceBothAreHeard() {
    Accounts accounts = new Accounts(database, InstantSource.system());
    accounts
        .make("dora", Grants.everything(), Optional.empty(), Optional.empty(), false)
        .block(SOON);
    Instant later = Instant.parse("2036-01-01T00:00:00Z");
    CompletableFuture<StoredAccount> expires = new CompletableFuture<>();

    StoredAccount disabled =
        accounts
            .change(
                "dora",
                account -> {
                  accounts
                      .change("dora", it -> with(it, it.disabled(), later), Optional.empty())
                      .subscribe(expires::complete);
                  // Where nothing is locked, the other one is through by then.
                  expires.completeOnTimeout(null, 500, TimeUnit.MILLISECONDS).join();
                  return with(account, true, null);
                },
                Optional.empty())
            .block(SOON);

    assertThat(disabled.disabled()).isTrue();
    Eventually.await(
        "both changes",
        () -> accounts.find("dora").block(SOON).expires().equals(Optional.of(later)),
        () -> accounts.find("dora").block(SOON));
    assertThat(accounts.find("dora").block(SOON).disabled()).isTrue();
  }

  private static StoredAccount with(StoredAccount account, boolean disabled, Instant expires) {
    return Accounts.with(account, account.grants(), disabled, Optional.ofNullable(expires));
  }

  @Test
  void whoSignsInForTheFirstTimeInSeveralPlacesAtOnceIsOneAccount() {
    Accounts accounts = new Accounts(database, InstantSource.system());
    for (int i = 0; i < 20; i++) {
      String name = "carol" + i;
      assertThat(
              Flux.range(0, 6)
                  .flatMap(
                      at -> accounts.external(StoredAccount.Origin.OIDC, name, Grants.everything()),
                      6)
                  .map(StoredAccount::stamp)
                  .collectList()
                  .block(SOON))
          .hasSize(6)
          .allMatch(accounts.find("oidc:" + name).block(SOON).stamp()::equals);
    }
  }
}
