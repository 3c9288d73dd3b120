package io.remoterun.webapp.store;

import com.zaxxer.hikari.HikariDataSource;
import io.remoterun.protocol.run.RunId;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.PostgresServer;
import io.remoterun.webapp.runs.RunArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.util.unit.DataSize;

/** An archive of runs on a database of the test, as one webapp has it. */
final class TestStore implements AutoCloseable {
  static final Pace QUICK =
      new Pace(
          Duration.ofMillis(5),
          Duration.ofMillis(20),
          Duration.ofMillis(1500),
          Duration.ofHours(1));

  private final HikariDataSource source;
  private final Database database;
  private final JdbcArchive archive;

  private TestStore(HikariDataSource source, Database database, JdbcArchive archive) {
    this.source = source;
    this.database = database;
    this.archive = archive;
  }

  static TestStore open(StoreSettings settings) {
    return open(settings, Keeping.usual(), 1 << 24);
  }

  static TestStore open(StoreSettings settings, Keeping keeping, long mostBytesOfNode) {
    HikariDataSource source = StoreDataSource.open(settings, Optional::empty);
    Database database = Database.migrated(source);
    return new TestStore(
        source,
        database,
        JdbcArchive.open(
            database, settings.folder(), keeping, mostBytesOfNode, QUICK, InstantSource.system()));
  }

  static StoreSettings on(PostgresServer postgres, String url, Path folder) {
    return new StoreSettings(
        folder,
        url,
        postgres.user(),
        folder.resolve("password"),
        8,
        Duration.ofSeconds(5),
        QUICK.lease(),
        Keeping.usual());
  }

  /** Keeps that much output of each run. */
  static Keeping keeping(long bytes) {
    return new Keeping(
        DataSize.ofBytes(bytes),
        DataSize.ofMegabytes(64),
        Duration.ofDays(1),
        DataSize.ofGigabytes(1));
  }

  RunArchive archive() {
    return archive;
  }

  Database database() {
    return database;
  }

  /** Waits until all of a run that was closed is in the database, and no more in memory. */
  void awaitStored(RunId id) {
    Eventually.await(
        "the run is stored", () -> !archive.isOpen(id), () -> String.valueOf(archive.find(id)));
  }

  HikariDataSource source() {
    return source;
  }

  @Override
  public void close() {
    try {
      archive.close();
      database.close();
      source.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
