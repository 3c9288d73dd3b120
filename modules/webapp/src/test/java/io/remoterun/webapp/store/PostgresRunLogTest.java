package io.remoterun.webapp.store;

import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

@NeedsPostgres
class PostgresRunLogTest extends JdbcRunLogContract {
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
  StoreSettings settings(Path folder) {
    try {
      return TestStore.on(postgres, postgres.newDatabase(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
