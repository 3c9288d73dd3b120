package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class MemoryRunLogTest extends RunLogContract {
  private static final int PIECE = 1000;
  private static final int COST = PIECE + 200;

  @Override
  RunLog log() {
    return new MemoryRunLog(10_000_000);
  }

  @Test
  void keepsHowTheOutputBeganAndHowItEnded() {
    RunLog log = new MemoryRunLog(4 * COST);
    log.append(new RunEvent.Started(N1, "agent"));
    append(log, 1, 10);
    log.append(finished(N1));
    log.close();

    assertThat(all(log))
        .containsExactly(
            new RunEvent.Started(N1, "agent"),
            piece(1),
            piece(2),
            new RunEvent.Gap(N1, 2 * PIECE, 6 * PIECE),
            piece(9),
            piece(10),
            finished(N1));
  }

  @Test
  void eachNodeHasAGapOfItsOwnAndTerminalEventsStay() {
    RunLog log = new MemoryRunLog(2 * COST);
    append(log, 1, 3);
    log.append(finished(N1));
    log.append(new RunEvent.Started(N2, "agent"));
    log.append(output(N2, "x".repeat(PIECE)));
    log.append(output(N2, "y".repeat(PIECE)));
    log.append(finished(N2));
    log.close();

    assertThat(all(log))
        .containsExactly(
            piece(1),
            new RunEvent.Gap(N1, PIECE, 2 * PIECE),
            finished(N1),
            new RunEvent.Started(N2, "agent"),
            new RunEvent.Gap(N2, 0, PIECE),
            output(N2, "y".repeat(PIECE)),
            finished(N2));
  }

  @Test
  void aSlowReaderIsToldWhatItHasMissedAndNoMore() {
    RunLog log = new MemoryRunLog(4 * COST);
    StepVerifier.create(log.events(), 0)
        .then(() -> append(log, 1, 4))
        .thenRequest(3)
        .expectNext(piece(1), piece(2), piece(3))
        .then(() -> append(log, 5, 8))
        .thenRequest(1)
        .expectNext(new RunEvent.Gap(N1, 3 * PIECE, 3 * PIECE))
        .then(() -> append(log, 9, 10))
        .thenRequest(1)
        .expectNext(new RunEvent.Gap(N1, 6 * PIECE, 2 * PIECE))
        .then(log::close)
        .thenRequest(5)
        .expectNext(piece(9), piece(10))
        .expectComplete()
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void aGapOfAnEarlierHopIsPartOfALaterGap() {
    RunLog log = new MemoryRunLog(2 * COST);
    append(log, 1, 2);
    log.append(new RunEvent.Gap(N1, 2 * PIECE, 70));
    append(log, 3, 3);
    log.close();

    assertThat(all(log))
        .containsExactly(piece(1), new RunEvent.Gap(N1, PIECE, PIECE + 70), piece(3));
  }

  @Test
  void memoryIsBoundedAlsoForTheSmallestLines() {
    MemoryRunLog log = new MemoryRunLog(100_000);
    IntStream.range(0, 1_000_000).forEach(i -> log.append(output(N1, "\n")));
    log.close();

    List<RunEvent> events = all(log);
    assertThat(events).hasSizeLessThan(500);
    assertThat(events.stream().mapToLong(MemoryRunLogTest::bytes).sum()).isEqualTo(1_000_000);
  }

  @Test
  void whoEndsOrCancelsIsForgotten() {
    MemoryRunLog log = new MemoryRunLog(1000);
    StepVerifier.create(log.read(1))
        .then(() -> assertThat(log.readers()).isEqualTo(1))
        .thenCancel()
        .verify(Duration.ofSeconds(10));
    assertThat(log.readers()).isZero();

    log.close();
    all(log);
    assertThat(log.readers()).isZero();
  }

  @Test
  void signalsComeOnTheSchedulerGiven() {
    MemoryRunLog log = new MemoryRunLog(1000, Schedulers.single());
    log.append(finished(N1));
    log.close();

    StepVerifier.create(log.read(1).map(entry -> Thread.currentThread().getName()))
        .expectNextMatches(name -> name.startsWith("single-"))
        .expectComplete()
        .verify(Duration.ofSeconds(10));
  }

  @Test
  void aNegativeBoundIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRunLog(-1));
  }

  private static void append(RunLog log, int first, int last) {
    IntStream.rangeClosed(first, last).forEach(i -> log.append(piece(i)));
  }

  private static RunEvent piece(int number) {
    return output(N1, Character.toString('a' + number).repeat(PIECE));
  }

  private static long bytes(RunEvent event) {
    return switch (event) {
      case RunEvent.Output(var node, OutputBytes bytes) -> bytes.size();
      case RunEvent.Gap gap -> gap.bytes();
      default -> 0;
    };
  }
}
