package io.remoterun.webapp.store;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the webapp keeps what it keeps, {@code remote-run.webapp.store.*}.
 *
 * @param folder the webapp's own, for nobody else; the database is a file in it unless there is a
 *     URL
 * @param url of a PostgreSQL database, as JDBC has it; empty for the file
 * @param user of PostgreSQL
 * @param passwordFile holds its password; where there is no such file, none is sent
 * @param poolSize connections to the database
 * @param connectTimeout how long a request waits for one of them
 * @param lease for how long a webapp that says nothing is believed to live; then others on the same
 *     database take its runs up
 * @param keep how much of the runs, and for how long
 */
public record StoreSettings(
    @DefaultValue("/var/rudder/remote-run") Path folder,
    @DefaultValue("") String url,
    @DefaultValue("remote-run") String user,
    @DefaultValue("/var/rudder/remote-run/database-password") Path passwordFile,
    @DefaultValue("8") int poolSize,
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue("30s") Duration lease,
    @DefaultValue Keeping keep) {

  public StoreSettings {
    require(
        url.isEmpty() || url.startsWith("jdbc:postgresql:"),
        "url must start with jdbc:postgresql: or be empty");
    require(poolSize >= 2, "pool-size must be 2 or more");
    require(connectTimeout.toMillis() >= 250, "connect-timeout must be 250ms or more");
    require(lease.toMillis() >= 1000, "lease must be 1s or more");
    require(
        folder.toString().indexOf(';') < 0, "folder must have no semicolon in it: H2 ends there");
  }

  /** A database in a file of this folder, and defaults. */
  public static StoreSettings in(Path folder) {
    return new StoreSettings(
        folder,
        "",
        "remote-run",
        folder.resolve("password"),
        8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Keeping.usual());
  }

  /** The same with a PostgreSQL database that asks for no password. */
  public StoreSettings on(String database, String as) {
    return new StoreSettings(
        folder, database, as, passwordFile, poolSize, connectTimeout, lease, keep);
  }

  boolean isFile() {
    return url.isEmpty();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("remote-run.webapp.store." + message);
    }
  }
}
