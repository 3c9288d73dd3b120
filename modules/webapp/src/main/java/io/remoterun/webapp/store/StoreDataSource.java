package io.remoterun.webapp.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Connects to the database, or says why that cannot be. */
public final class StoreDataSource {
  private static final String FILE = "webapp";

  /**
   * Each commit is in the file before it is answered, so that a process that is killed loses
   * nothing; and the database is closed by whoever has opened it, not by a hook of its own.
   */
  private static final String H2_OPTIONS =
      ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

  private StoreDataSource() {}

  /**
   * Blocks.
   *
   * @param password of PostgreSQL, if there is one
   * @throws NoStoreException when the database cannot be reached, or its file not be written
   */
  public static HikariDataSource open(StoreSettings settings, Callable<Optional<String>> password) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setMaximumPoolSize(settings.poolSize());
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setValidationTimeout(settings.connectTimeout().toMillis());
    config.setAutoCommit(true);
    return settings.isFile() ? openFile(config, settings) : connect(config, settings, password);
  }

  private static HikariDataSource openFile(HikariConfig config, StoreSettings settings) {
    StoreFolder folder = StoreFolder.make(settings.folder());
    folder.file(FILE + ".mv.db");
    config.setJdbcUrl("jdbc:h2:file:" + folder.path().resolve(FILE) + H2_OPTIONS);
    config.setUsername("sa");
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new NoStoreException(
          "The webapp cannot open its database in "
              + folder.path()
              + ": "
              + StoreUnavailable.innermost(e),
          "If another webapp runs with this folder, stop it or give each its own"
              + " (remote-run.webapp.store.folder); several that share what they keep need"
              + " PostgreSQL (remote-run.webapp.store.url). If the file is broken, move it away.",
          e);
    }
  }

  private static HikariDataSource connect(
      HikariConfig config, StoreSettings settings, Callable<Optional<String>> password) {
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.addDataSourceProperty("ApplicationName", "remote-run webapp");
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("connectTimeout", seconds(settings));
    // A server that has vanished without a word is noticed, instead of waited for.
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    try {
      password.call().ifPresent(config::setPassword);
      return new HikariDataSource(config);
    } catch (IOException e) {
      throw new NoStoreException(
          "The webapp cannot read the password of its database: " + e.getMessage(),
          "Put it alone into a file that only the webapp's user can read, and name that as"
              + " remote-run.webapp.store.password-file.",
          e);
    } catch (Exception e) {
      throw new NoStoreException(
          "The webapp cannot connect to its database at "
              + settings.url()
              + " as "
              + settings.user()
              + ": "
              + StoreUnavailable.innermost(e),
          "Check that PostgreSQL runs and lets that user in (pg_hba.conf), that the database is"
              + " there (createdb), and remote-run.webapp.store.url, user and password-file.",
          e);
    }
  }

  private static String seconds(StoreSettings settings) {
    return Long.toString(Math.max(1, settings.connectTimeout().toSeconds()));
  }
}
