package io.remoterun.testkit;

import io.remoterun.testing.Eventually;
import io.remoterun.testing.KeptOpen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL in a container of Testcontainers. The image is {@code postgres} of the version that
 * Debian has, or the one that {@code POSTGRES_IMAGE} names, which has to behave as that one.
 */
final class PostgresContainer implements PostgresServer {
  private static final String IMAGE = "postgres:15.14-bookworm";
  private static final int PORT = 5432;
  private static final List<Path> TCP =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int INODE = 9;

  private final PostgreSQLContainer container;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();

  private PostgresContainer(PostgreSQLContainer container, int port) {
    this.container = container;
    this.port = port;
  }

  /**
   * Whether a Docker daemon answers. Nobody is asked, which takes a while and is loud, where
   * nothing says that there could be one.
   */
  static boolean isPossible() {
    return !"debian".equals(System.getenv("POSTGRES_FOR_TESTS"))
        && (System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock")))
        && DockerClientFactory.instance().isDockerAvailable();
  }

  /**
   * Testcontainers keeps its connections to Docker for the next container, over a socket in a file,
   * and sockets that it has made for them and not connected. So, where there was a container, only
   * what is TCP counts.
   */
  private static boolean isKept(String target) {
    return target.startsWith("socket:")
        && TCP.stream().noneMatch(table -> sockets(table).contains(target));
  }

  /** As {@code /proc/self/fd} has them. */
  private static List<String> sockets(Path table) {
    try (Stream<String> sockets = Files.lines(table)) {
      return sockets
          .skip(1)
          .map(line -> "socket:[" + line.strip().split(" +", -1)[INODE] + "]")
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // It is closed with this.
  @SuppressWarnings("resource")
  static PostgresServer start() throws IOException {
    String named = System.getenv("POSTGRES_IMAGE");
    DockerImageName image =
        DockerImageName.parse(named == null ? IMAGE : named).asCompatibleSubstituteFor("postgres");
    // A port that Docker chooses is another one after each start.
    int port = DebianPostgres.freePort();
    PostgreSQLContainer container =
        new PostgreSQLContainer(image)
            .withUsername(USER)
            .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust");
    container.setPortBindings(List.of("127.0.0.1:" + port + ":" + PORT));
    KeptOpen.also(PostgresContainer::isKept);
    container.start();
    return new PostgresContainer(container, port);
  }

  @Override
  public void begin() throws IOException {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    Eventually.await(
        "PostgreSQL takes connections again",
        () -> run("pg_isready", "-h", "127.0.0.1", "-U", USER).getExitCode() == 0,
        container::getLogs);
  }

  @Override
  public void end() {
    container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public String newDatabase() throws IOException {
    String name = "test" + databases.incrementAndGet();
    ExecResult made = run("createdb", "-h", "127.0.0.1", "-U", USER, name);
    if (made.getExitCode() != 0) {
      throw new IOException("createdb: " + made.getStderr());
    }
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
  }

  private ExecResult run(String... command) {
    try {
      return container.execInContainer(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + List.of(command), e);
    }
  }

  @Override
  public void close() {
    container.close();
  }
}
