package io.remoterun.testkit;

import io.remoterun.protocol.keys.HostKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free loopback port that plays one script on each connection. With TLS the first
 * word of the script shakes hands.
 *
 * <p>{@link #close} waits for the scripts and fails when one of them failed: what a script expects
 * of its peer is an assertion of the test.
 */
public final class ScriptedServer implements AutoCloseable {

  /** What happens on a connection, which is closed at the end. */
  @FunctionalInterface
  public interface Script {
    void play(Wire wire) throws Exception;
  }

  private final ServerSocket listener;
  private final @Nullable HostKey key;
  private final Script script;
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ExecutorService players = Executors.newVirtualThreadPerTaskExecutor();

  private ScriptedServer(@Nullable HostKey key, Script script) throws IOException {
    this.key = key;
    this.script = script;
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  public static ScriptedServer tls(HostKey key, Script script) throws IOException {
    return started(new ScriptedServer(key, script));
  }

  public static ScriptedServer plain(Script script) throws IOException {
    return started(new ScriptedServer(null, script));
  }

  private static ScriptedServer started(ScriptedServer server) {
    server.players.execute(server::accept);
    return server;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections came by now. */
  public int connections() {
    return accepted.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        accepted.incrementAndGet();
        start(connection);
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        failures.add(e);
      }
    }
  }

  private void start(Socket connection) throws IOException {
    try {
      players.execute(() -> play(connection));
    } catch (RejectedExecutionException e) {
      // it came while this was being closed
      connection.close();
    }
  }

  private void play(Socket connection) {
    try (Wire wire = Wire.accepted(connection, key)) {
      script.play(wire);
      // A failed script is kept whatever it is, also an AssertionError, for the test's own thread.
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    players.close();
    if (!failures.isEmpty()) {
      AssertionError failed = new AssertionError("a script failed", failures.getFirst());
      failures.stream().skip(1).forEach(failed::addSuppressed);
      throw failed;
    }
  }
}
