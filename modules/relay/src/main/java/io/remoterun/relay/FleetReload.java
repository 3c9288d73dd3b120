package io.remoterun.relay;

import io.remoterun.relay.api.Reload;
import io.remoterun.relay.topology.Fleet;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Replaces the fleet by what the files say now. Thread-safe. */
final class FleetReload implements Reload {
  private final RelayProperties settings;
  private final RelaySelf self;
  private final ReentrantLock oneAfterTheOther = new ReentrantLock(true);
  private volatile @Nullable String failure;

  FleetReload(RelayProperties settings, RelaySelf self) {
    this.settings = settings;
    this.self = self;
  }

  /** Who stops waiting does not stop it: it would look as if the files were broken. */
  @Override
  public Mono<Void> reload() {
    return Mono.fromFuture(
        () -> CompletableFuture.runAsync(this::read, Schedulers.boundedElastic()::schedule), true);
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  private void read() {
    oneAfterTheOther.lock();
    try {
      self.fleet()
          .set(
              Fleet.read(
                  self.id(), settings.nodesListFile(), settings.nodesCertsFile(), self.log()));
      failure = null;
      self.log().info("node list and certificates have been read again");
    } catch (IOException | RuntimeException e) {
      // A file system's message is the path alone.
      String words = e instanceof FileSystemException ? e.toString() : e.getMessage();
      String reason = "the version before is still used: " + words;
      failure = reason;
      self.log().error("cannot reload, {}", reason);
      throw new IllegalStateException(reason, e);
    } finally {
      oneAfterTheOther.unlock();
    }
  }
}
