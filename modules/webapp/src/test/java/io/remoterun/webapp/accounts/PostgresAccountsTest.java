package io.remoterun.webapp.accounts;

import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.store.StoreSettings;
import java.io.IOException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same on PostgreSQL, which does not wait where H2 does. */
@NeedsPostgres
@NullUnmarked
class PostgresAccountsTest extends AccountsTest {
  private static PostgresServer postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Override
  StoreSettings settings() throws IOException {
    return StoreSettings.in(folder).on(postgres.newDatabase(), postgres.user());
  }
}
