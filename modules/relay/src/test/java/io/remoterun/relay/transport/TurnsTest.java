package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.remoterun.relay.transport.Turns.Permit;
import io.remoterun.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Timeout(20)
class TurnsTest {
  /** Who has got a permit, in order. */
  private final Queue<String> served = new ConcurrentLinkedQueue<>();

  @Test
  void oneWhoComesAfterTwoThousandOfAnotherIsServedNext() {
    Turns turns = new Turns(10, 10);
    List<Permit> held = takeAll(turns, "large", 9);
    for (int waiting = 0; waiting < 2000; waiting++) {
      take(turns, "large");
    }
    take(turns, "small");
    // The tenth permit had been kept for it.
    assertThat(served).hasSize(10).last().isEqualTo("small");

    take(turns, "smaller");
    held.getFirst().giveBack();
    awaitServed(11);
    assertThat(served).last().isEqualTo("smaller");
  }

  @Test
  void linesAreServedInTurn() {
    Turns turns = new Turns(1, 1);
    List<Permit> held = takeAll(turns, "first", 1);
    List<Mono<Void>> works = new ArrayList<>();
    for (String key : List.of("a", "a", "a", "b", "b", "c")) {
      works.add(
          turns.take(key).doOnNext(permit -> served.add(key)).doOnNext(Permit::giveBack).then());
    }
    Mono<Void> all = Mono.when(works);
    Disposable waiting = all.subscribe();
    held.getFirst().giveBack();

    awaitServed(7);
    assertThat(served).containsExactly("first", "a", "b", "c", "a", "b", "a");
    waiting.dispose();
    assertThat(turns.isIdle()).isTrue();
  }

  @Test
  void aKeyGetsNoMoreThanItsShare() {
    Turns turns = new Turns(100, 2);
    List<Permit> held = takeAll(turns, "a", 2);
    take(turns, "a");
    assertThat(served).hasSize(2);

    held.getLast().giveBack();
    awaitServed(3);
  }

  @Test
  void whoLeavesTheLineIsNotServedAndLeavesNoTrace() {
    Turns turns = new Turns(1, 1);
    Permit held = takeAll(turns, "a", 1).getFirst();
    Disposable leaves = take(turns, "b");
    Disposable stays = take(turns, "c");
    leaves.dispose();
    held.giveBack();

    awaitServed(2);
    assertThat(served).last().isEqualTo("c");
    stays.dispose();
  }

  @Test
  void aPermitIsGivenBackOnceHoweverOften() {
    Turns turns = new Turns(2, 2);
    List<Permit> first = takeAll(turns, "a", 1);
    takeAll(turns, "b", 1);
    first.getFirst().giveBack();
    first.getFirst().giveBack();
    takeAll(turns, "c", 1);

    take(turns, "d");
    assertThat(served).containsExactly("a", "b", "c");
  }

  @Test
  void manyWhoEndAtOnceDoNotPileUpOnOneStack() {
    Turns turns = new Turns(4, 4);
    Long done =
        Flux.range(0, 100_000)
            .flatMap(number -> work(turns, "a", Mono.just(number)), 10_000)
            .count()
            .block(Eventually.DEADLINE);

    assertThat(done).isEqualTo(100_000);
    assertThat(turns.isIdle()).isTrue();
  }

  @Test
  void neverGivesMoreThanThereAre() {
    Turns turns = new Turns(5, 4);
    AtomicInteger holding = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Mono<Integer> counted =
        Mono.fromCallable(() -> most.accumulateAndGet(holding.incrementAndGet(), Math::max))
            .delayUntil(now -> delay(50_000))
            .doOnNext(now -> holding.decrementAndGet());
    Flux.range(0, 2000)
        .flatMap(number -> work(turns, "key " + number % 7, counted), 100)
        .blockLast(Eventually.DEADLINE);

    assertThat(most.get()).isEqualTo(5);
  }

  @Test
  void losesNoneWhoeverLeavesWhenever() {
    Turns turns = new Turns(5, 4);
    Flux.range(0, 20_000)
        .flatMap(
            number ->
                work(turns, "key " + number % 7, delay(50_000))
                    .takeUntilOther(delay(400_000))
                    .subscribeOn(Schedulers.parallel()),
            100)
        .blockLast(Eventually.DEADLINE);

    Eventually.await("all permits are back", turns::isIdle, () -> "some are held");
    List.of("a", "b", "c", "d", "e").forEach(key -> takeAll(turns, key, 1));
  }

  @Test
  void nobodyWouldEverBeServedWithoutPermits() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Turns(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Turns(1, 0));
  }

  private static Mono<Long> delay(int mostNanos) {
    return Mono.defer(
        () -> Mono.delay(Duration.ofNanos(ThreadLocalRandom.current().nextInt(mostNanos))));
  }

  private static <T> Mono<T> work(Turns turns, String key, Mono<T> work) {
    return Mono.usingWhen(
        turns.take(key), permit -> work, permit -> Mono.fromRunnable(permit::giveBack));
  }

  private Disposable take(Turns turns, String key) {
    return turns.take(key).subscribe(permit -> served.add(key));
  }

  private List<Permit> takeAll(Turns turns, String key, int count) {
    List<Permit> permits = new ArrayList<>();
    for (int taken = 0; taken < count; taken++) {
      turns.take(key).doOnNext(permit -> served.add(key)).subscribe(permits::add);
    }
    assertThat(permits).hasSize(count);
    return permits;
  }

  private void awaitServed(int count) {
    Eventually.await(count + " are served", () -> served.size() == count, () -> served);
  }
}
