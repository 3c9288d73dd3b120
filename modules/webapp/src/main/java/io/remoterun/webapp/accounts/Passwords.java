package io.remoterun.webapp.accounts;

import io.remoterun.protocol.run.BadRequest;
import java.util.concurrent.Semaphore;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Hashes passwords with Argon2id: 16 MiB and some 50 ms each, which is what makes guessing dear. So
 * no more than two are worked on at once, beside the event loops, and while a hundred wait no more
 * are taken: that fails with {@link Busy}. Thread-safe.
 */
public final class Passwords implements AutoCloseable {
  private static final int SHORTEST = 12;
  private static final int LONGEST = 200;
  private static final int AT_ONCE = 2;
  private static final int MOST_WAITING = 100;

  private final PasswordEncoder argon2 = Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();
  private final Scheduler threads;
  private final Semaphore places;
  private final Mono<String> nobodys =
      Mono.fromSupplier(() -> encode(Secrets.random(SHORTEST))).cache();

  public Passwords() {
    this(AT_ONCE, MOST_WAITING);
  }

  /**
   * @param atOnce how many are worked on
   * @param mostWaiting for that
   */
  public Passwords(int atOnce, int mostWaiting) {
    // What has a place is never refused by the threads in the middle of it.
    this.threads = Schedulers.newBoundedElastic(atOnce, Integer.MAX_VALUE, "passwords", 60, true);
    this.places = new Semaphore(atOnce + mostWaiting);
  }

  /**
   * @throws BadRequest when it is too short or too long
   */
  public static void requireGood(String password) {
    if (password.length() < SHORTEST || password.length() > LONGEST) {
      throw new BadRequest("a password needs " + SHORTEST + " to " + LONGEST + " characters");
    }
  }

  /** Fails with {@link BadRequest} when it is too short or too long. */
  public Mono<String> hash(String password) {
    return Mono.defer(
        () -> {
          requireGood(password);
          return inTurn(Mono.fromSupplier(() -> encode(password)).subscribeOn(threads));
        });
  }

  private <T> Mono<T> inTurn(Mono<T> work) {
    return Mono.defer(
        () -> {
          if (!places.tryAcquire()) {
            throw new Busy("webapp: too many passwords are being checked, try again soon");
          }
          return work.doFinally(end -> places.release());
        });
  }

  /**
   * Whether the password is that of the hash. Where there is no hash it is not, which takes as long
   * to find out: nobody learns so which accounts there are.
   */
  public Mono<Boolean> matches(String password, Mono<String> hash) {
    if (password.length() > LONGEST) {
      return Mono.just(false);
    }
    return inTurn(
        hash.map(known -> new Known(known, true))
            .switchIfEmpty(nobodys.subscribeOn(threads).map(other -> new Known(other, false)))
            .publishOn(threads)
            .map(known -> argon2.matches(password, known.hash()) && known.counts()));
  }

  private record Known(String hash, boolean counts) {}

  private String encode(String password) {
    String hash = argon2.encode(password);
    if (hash == null) {
      throw new IllegalStateException("no hash");
    }
    return hash;
  }

  @Override
  public void close() {
    threads.dispose();
  }
}
