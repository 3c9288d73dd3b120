package io.remoterun.operations.followers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Who follows runs now: one for each answer that is being written. When the role is stopped nothing
 * new begins, followers are given time, and then each gets a last word instead of the rest.
 * Thread-safe.
 */
public final class Followers {
  /** What a client should wait, in seconds, before it asks again: another process starts then. */
  public static final String RETRY_AFTER = "10";

  /** For what is said last to get to who reads as usual. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final long LOOK_EVERY_MILLIS = 20;

  private final AtomicInteger count = new AtomicInteger();
  private final Sinks.Empty<Void> end = Sinks.empty();
  private volatile boolean isLeaving;

  /** The same answer, counted until all of it is written, or nobody reads it. */
  public <T> Mono<T> counted(Mono<T> answer) {
    return answer.doFirst(count::incrementAndGet).doFinally(signal -> count.decrementAndGet());
  }

  /**
   * The same, until the role ends before it does.
   *
   * @param lastWord what comes then
   */
  public <T> Flux<T> untilEnd(Flux<T> answer, Mono<T> lastWord) {
    return Flux.defer(
        () -> {
          AtomicBoolean isCut = new AtomicBoolean();
          Mono<Void> cut = end.asMono().doOnSuccess(nothing -> isCut.set(true));
          return answer
              .takeUntilOther(cut)
              .concatWith(Mono.defer(() -> isCut.get() ? lastWord : Mono.empty()));
        });
  }

  public int count() {
    return count.get();
  }

  /** Whether the role is being stopped, and nothing new is to begin. */
  public boolean isLeaving() {
    return isLeaving;
  }

  /** Nothing new begins from now on. */
  public void leave() {
    isLeaving = true;
  }

  /** Blocks until nobody follows any more, or that long. */
  public boolean areGone(Duration time) throws InterruptedException {
    return holds(time, () -> count.get() == 0);
  }

  /** Tells those who are left that this is the end, and blocks until they have heard it. */
  public void end() throws InterruptedException {
    end.tryEmitEmpty();
    areGone(LAST_WORDS);
  }

  /** Blocks until the condition holds, or that long. */
  public static boolean holds(Duration time, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() >= end) {
        return false;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }
}
