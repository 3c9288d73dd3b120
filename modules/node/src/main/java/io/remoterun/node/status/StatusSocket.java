package io.remoterun.node.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.remoterun.protocol.run.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Tells how the node is, over a Unix socket of mode 600: {@code curl --unix-socket FILE
 * http://node/}. Not more than {@value #AT_ONCE} are answered at once, and none for longer than
 * {@link #PATIENCE}. A node that cannot have its socket says so and does all else.
 */
public final class StatusSocket implements SmartLifecycle {
  /** What the kernel takes, less the NUL at its end. */
  static final int MOST_BYTES_OF_PATH = 107;

  static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int AT_ONCE = 8;

  /** When nobody could be taken: mostly because the process has no descriptor left. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path path;
  private final Supplier<NodeStatus> status;
  private final Logger logger;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private @Nullable ServerSocketChannel server;

  /**
   * @param status does not block for long; called for each request
   */
  public StatusSocket(Path path, Supplier<NodeStatus> status, Logger logger) {
    this.path = path.toAbsolutePath();
    this.status = status;
    this.logger = logger;
  }

  @Override
  public void start() {
    try {
      ServerSocketChannel opened = open();
      server = opened;
      Thread.ofVirtual().name("status socket").start(() -> accept(opened));
    } catch (IOException | RuntimeException e) {
      logger.error("no status at {}: {}", path, Printable.of(e.toString()));
    }
  }

  private ServerSocketChannel open() throws IOException {
    if (path.toString().getBytes(UTF_8).length > MOST_BYTES_OF_PATH) {
      throw new IOException(
          "a socket's path may have "
              + MOST_BYTES_OF_PATH
              + " bytes: set remote-run.node.status-socket to a shorter one");
    }
    removeWhatIsLeft();
    ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      opened.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** A process that was killed leaves its socket, at which nobody answers. */
  private void removeWhatIsLeft() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isSocket()) {
      throw new IOException("there is something else of that name");
    }
    try (SocketChannel other = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IOException("another process answers at " + other.getRemoteAddress());
    } catch (ConnectException e) {
      Files.deleteIfExists(path);
    }
  }

  private boolean isSocket() throws IOException {
    Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return mode instanceof Integer bits && (bits & 0170000) == 0140000;
  }

  /** Ends when the socket is closed; also without a descriptor left it goes on soon. */
  private void accept(ServerSocketChannel from) {
    try {
      boolean works = true;
      while (from.isOpen()) {
        places.acquire();
        boolean worked = works;
        works = acceptOne(from, worked);
        if (!works) {
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says only once why it does not work. */
  private boolean acceptOne(ServerSocketChannel from, boolean worked) {
    try {
      SocketChannel peer = from.accept();
      Thread.ofVirtual().name("status").start(() -> answer(peer));
      return true;
    } catch (IOException | RuntimeException | Error e) {
      places.release();
      if (from.isOpen() && worked) {
        logger.error("no status for now: {}", Printable.of(e.toString()));
      }
      return !from.isOpen();
    }
  }

  private void answer(SocketChannel peer) {
    Disposable deadline =
        Schedulers.parallel()
            .schedule(() -> close(peer), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try (peer) {
      StatusExchange.answer(peer, status);
    } catch (IOException e) {
      logger.debug("somebody who asked for the status is lost: {}", Printable.of(e.toString()));
    } catch (RuntimeException e) {
      logger.error("cannot tell the status", e);
    } finally {
      deadline.dispose();
      places.release();
    }
  }

  private static void close(SocketChannel peer) {
    Schedulers.boundedElastic()
        .schedule(
            () -> {
              try {
                peer.close();
              } catch (IOException e) {
                // It is closed.
              }
            });
  }

  @Override
  public void stop() {
    ServerSocketChannel running = server;
    server = null;
    if (running != null) {
      try {
        running.close();
        Files.deleteIfExists(path);
      } catch (IOException e) {
        logger.warn("the status socket {} is left: {}", path, Printable.of(e.toString()));
      }
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
