package io.remoterun.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * PostgreSQL from Debian's package {@code postgresql}, in a temporary folder, on a free port of
 * loopback. It refuses to run as root, so that root runs it as {@code nobody}. The cluster that the
 * package may have started is left alone.
 */
final class DebianPostgres implements PostgresServer {
  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();

  private DebianPostgres(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /** Why there can be none here; empty when there can. */
  static List<String> missing() {
    try {
      programs();
      return isRoot() ? setpriv() : List.of();
    } catch (TestAbortedException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> setpriv() {
    ExternalProgram.require("setpriv", "util-linux");
    return List.of();
  }

  static PostgresServer start() throws IOException {
    Path programs = programs();
    Path folder = Files.createTempDirectory("postgres-");
    DebianPostgres server = new DebianPostgres(programs, folder, freePort());
    if (isRoot()) {
      run(List.of("chown", "nobody", folder.toString()));
    }
    server.runAsItsUser(
        "initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "-U", USER, "-D", server.data());
    server.begin();
    return server;
  }

  /** The newest that is installed. */
  private static Path programs() {
    if (Files.isDirectory(INSTALLED)) {
      try (Stream<Path> versions = Files.list(INSTALLED)) {
        return versions
            .map(version -> version.resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
            .max(Comparator.naturalOrder())
            .orElseGet(() -> ExternalProgram.require("initdb", "postgresql").resolveSibling(""));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ExternalProgram.require("initdb", "postgresql").resolveSibling("");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  @Override
  public void begin() throws IOException {
    String options =
        "-p " + port + " -c listen_addresses=127.0.0.1 -c fsync=off -k " + folder.toAbsolutePath();
    runAsItsUser(
        "pg_ctl",
        "-D",
        data(),
        "-l",
        folder.resolve("log").toString(),
        "-w",
        "-o",
        options,
        "start");
  }

  @Override
  public void end() throws IOException {
    runAsItsUser("pg_ctl", "-D", data(), "-m", "fast", "-w", "stop");
  }

  @Override
  public String newDatabase() throws IOException {
    String name = "test" + databases.incrementAndGet();
    runAsItsUser("createdb", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", USER, name);
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
  }

  private void runAsItsUser(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) throws IOException {
    Path said = Files.createTempFile("postgres-", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(command + ": " + Files.readString(said, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command, e);
    } finally {
      Files.delete(said);
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(folder.resolve("data/postmaster.pid"))) {
      end();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
