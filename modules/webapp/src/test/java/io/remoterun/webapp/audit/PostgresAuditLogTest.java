package io.remoterun.webapp.audit;

import io.remoterun.testkit.NeedsPostgres;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.store.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same on PostgreSQL, whose triggers see more. */
@NeedsPostgres
class PostgresAuditLogTest extends AuditLogTest {
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
  StoreSettings settings() {
    try {
      return StoreSettings.in(folder).on(postgres.newDatabase(), postgres.user());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void letChange() {
    sql("drop trigger audit_is_append_only on audit");
  }

  @Test
  void cannotBeEmptied() {
    write(entry(1));
    for (String way :
        new String[] {"truncate audit", "truncate table only audit", "truncate audit cascade"}) {
      assertAppendOnly(way);
    }
    assertIntact(1);
  }
}
