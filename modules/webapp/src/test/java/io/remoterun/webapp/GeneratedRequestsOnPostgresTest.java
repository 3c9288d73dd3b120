package io.remoterun.webapp;

import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import java.io.IOException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same on PostgreSQL, which does not take every text and time that H2 takes. */
@NeedsPostgres
@NullUnmarked
class GeneratedRequestsOnPostgresTest extends GeneratedRequestsTest {
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
  String store() throws Exception {
    return postgres.newDatabase();
  }
}
