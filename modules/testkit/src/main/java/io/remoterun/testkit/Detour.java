package io.remoterun.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A port that leads to another one, until the test cuts what goes through it. Thread-safe. */
public final class Detour implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable InetSocketAddress target;
  private volatile boolean refuses;

  private Detour(@Nullable InetSocketAddress target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, LOOPBACK);
    Thread.ofVirtual().start(this::accept);
  }

  public static Detour to(InetSocketAddress target) throws IOException {
    return new Detour(target);
  }

  /** Leads nowhere yet. */
  public static Detour closed() throws IOException {
    return new Detour(null);
  }

  public void leadTo(InetSocketAddress other) {
    target = other;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(LOOPBACK, server.getLocalPort());
  }

  /** Ends all connections; new ones are let through. */
  public void cut() {
    // One that comes meanwhile is either closed, too, or stays known.
    open.removeIf(
        socket -> {
          close(socket);
          return true;
        });
  }

  /** Ends all connections, and new ones at once. */
  public void refuse() {
    refuses = true;
    cut();
  }

  public void admit() {
    refuses = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        serve(server.accept());
      } catch (IOException e) {
        // closed, by the test or by a peer
      }
    }
  }

  private void serve(Socket from) {
    // First, so that refuse() either closes it or is seen here.
    open.add(from);
    InetSocketAddress to = target;
    Socket onward = new Socket();
    try {
      if (refuses || to == null) {
        throw new IOException("leads nowhere");
      }
      onward.connect(to);
    } catch (IOException e) {
      close(from);
      close(onward);
      open.remove(from);
      return;
    }
    open.add(onward);
    Thread.ofVirtual().start(() -> copy(from, onward));
    Thread.ofVirtual().start(() -> copy(onward, from));
  }

  private void copy(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // cut
    } finally {
      close(from);
      close(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // is closed
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
