package io.remoterun.webapp.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The database, with its tables as this program needs them. JDBC blocks: what is done here runs on
 * virtual threads, each piece of work in one transaction, as many at once as there are connections.
 * Thread-safe.
 *
 * <p>Work that nobody waits for any more is done all the same: a thread that is interrupted in the
 * middle of a file would take H2's whole database with it.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("remote-run.webapp");
  private static final long SECONDS_TO_END = 10;
  private static final String MIGRATIONS = "classpath:io/remoterun/webapp/store/";

  private final DataSource source;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("store-", 0).factory());

  private Database(DataSource source) {
    this.source = source;
    this.jdbc = JdbcClient.create(source);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(source));
  }

  /**
   * Makes or changes the tables first; of several programs that start at once one does. Blocks.
   *
   * @throws NoStoreException when that is not possible
   */
  public static Database migrated(DataSource source) {
    try {
      Flyway.configure()
          .dataSource(source)
          .locations(MIGRATIONS + "migrations", MIGRATIONS + vendor(source))
          // Each part of the webapp has numbers of its own: V1_n runs, V2_n accounts, V3_n groups.
          .outOfOrder(true)
          .load()
          .migrate();
      return new Database(source);
    } catch (FlywayException e) {
      throw new NoStoreException(
          "The webapp cannot make or change the tables of its database: "
              + StoreUnavailable.innermost(e),
          "Check that its user may create tables, and that no newer version of this program has"
              + " used the database before.",
          e);
    }
  }

  /** Where the changes are that only this kind of database understands. */
  private static String vendor(DataSource source) {
    try (Connection connection = source.getConnection()) {
      return connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    } catch (SQLException e) {
      throw new FlywayException("cannot connect", e);
    }
  }

  /**
   * Does the work in one transaction, which is undone when it fails.
   *
   * @return what the work returns, empty for null; the error {@link StoreUnavailable} when the
   *     database does not answer, and the work's own errors
   */
  public <T> Mono<T> call(Function<JdbcClient, ? extends @Nullable T> work) {
    return Mono.create(
        waiting -> {
          AtomicBoolean isLeft = new AtomicBoolean();
          waiting.onCancel(() -> isLeft.set(true));
          threads.execute(() -> tell(waiting, isLeft, work));
        });
  }

  private <T> void tell(
      MonoSink<T> waiting, AtomicBoolean isLeft, Function<JdbcClient, ? extends @Nullable T> work) {
    try {
      @Nullable T result = now(work);
      if (result == null) {
        waiting.success();
      } else {
        waiting.success(result);
      }
    } catch (RuntimeException | Error e) {
      if (isLeft.get()) {
        LOG.warn("what nobody waits for any more has failed: {}", e.toString());
      } else {
        waiting.error(e);
      }
    }
  }

  /** The same for work that returns nothing. */
  public Mono<Void> run(Consumer<JdbcClient> work) {
    return this.<Void>call(
        client -> {
          work.accept(client);
          return null;
        });
  }

  /** The same on the caller's thread, which it blocks. */
  public <T extends @Nullable Object> T now(Function<JdbcClient, ? extends T> work) {
    try {
      return transaction.execute(status -> work.apply(jdbc));
    } catch (DataIntegrityViolationException
        | InvalidDataAccessApiUsageException
        | InvalidDataAccessResourceUsageException e) {
      throw e;
    } catch (DataAccessException | TransactionException e) {
      throw new StoreUnavailable(e);
    }
  }

  /** For what {@link JdbcClient} has not, such as batches; see {@link #now} for errors. */
  DataSource source() {
    return source;
  }

  /** Waits a little for work that goes on. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS)) {
        LOG.warn("the database is closed in the middle of something");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
