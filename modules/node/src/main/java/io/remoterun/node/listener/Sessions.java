package io.remoterun.node.listener;

import io.remoterun.node.access.AccessPolicy;
import io.remoterun.node.access.PolicyServerKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * The connections of peers that have said who they are. Who is not admitted any more is out: at
 * once when the configuration was read again, and soon when a key was removed from the folder.
 * Thread-safe.
 */
final class Sessions {
  private final Supplier<AccessPolicy> access;
  private final Logger logger;
  private final Set<CfengineConnection> all = ConcurrentHashMap.newKeySet();
  private volatile Disposable looking = Disposables.disposed();

  Sessions(Supplier<AccessPolicy> access, Logger logger) {
    this.access = access;
    this.logger = logger;
  }

  void add(CfengineConnection session) {
    all.add(session);
  }

  void remove(CfengineConnection session) {
    all.remove(session);
  }

  /** Looks each time. */
  void checkEvery(Duration time) {
    looking =
        Flux.interval(time, time, Schedulers.boundedElastic())
            .onBackpressureDrop()
            .subscribe(tick -> check());
  }

  /**
   * Ends what must not go on. Reads files: not for event loops. Whatever goes wrong with one look
   * or one session, the others are looked at, and all are again the next time.
   */
  void check() {
    try {
      access.get().keys().policyServer().filter(PolicyServerKey::isAnother).ifPresent(this::tell);
    } catch (RuntimeException | Error e) {
      logger.error("cannot look for the policy server's key", e);
    }
    all.forEach(this::check);
  }

  private void check(CfengineConnection session) {
    try {
      session.endUnlessAdmitted();
    } catch (RuntimeException | Error e) {
      logger.error("cannot look whether somebody is still admitted", e);
    }
  }

  private void tell(PolicyServerKey key) {
    key.problem()
        .ifPresentOrElse(
            problem -> logger.error("nobody is admitted as policy-server any more: {}", problem),
            () -> logger.info("the policy server's key is {} now", key));
  }

  void stop() {
    looking.dispose();
  }
}
