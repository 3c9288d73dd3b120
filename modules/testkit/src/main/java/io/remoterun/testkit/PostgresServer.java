package io.remoterun.testkit;

import java.io.IOException;
import java.util.List;
import org.testcontainers.containers.ContainerFetchException;

/**
 * A PostgreSQL server of the test's own, without passwords: in a container where Docker runs, and
 * where it does not from Debian's package. With {@code POSTGRES_FOR_TESTS=debian} it is always the
 * package.
 */
public sealed interface PostgresServer extends AutoCloseable
    permits DebianPostgres, PostgresContainer {
  /** Of every database. */
  String USER = "remote-run";

  /** Why there can be none here; empty when there can. */
  static List<String> missing() {
    return PostgresContainer.isPossible() ? List.of() : DebianPostgres.missing();
  }

  /** Waits until it takes connections. */
  static PostgresServer start() throws IOException {
    if (!PostgresContainer.isPossible()) {
      return DebianPostgres.start();
    }
    try {
      return PostgresContainer.start();
    } catch (ContainerFetchException e) {
      // A daemon that reaches no registry has no image.
      if (!DebianPostgres.missing().isEmpty()) {
        throw e;
      }
      System.err.println("PostgreSQL from Debian's package: " + e.getMessage());
      return DebianPostgres.start();
    }
  }

  /** Begins again after {@link #end}, with what it has kept, on the same port. */
  void begin() throws IOException;

  /** Ends all connections, and the server. */
  void end() throws IOException;

  /** A new, empty database's JDBC URL; its user is {@link #user}. */
  String newDatabase() throws IOException;

  default String user() {
    return USER;
  }

  @Override
  void close() throws IOException;
}
