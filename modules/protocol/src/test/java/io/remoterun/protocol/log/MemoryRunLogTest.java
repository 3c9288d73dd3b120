package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class MemoryRunLogTest extends RunLogContract {
  private static final int PIECE = 1000;
  private static final int COST = PIECE + MemoryRunLog.OVERHEAD;

  @Override
  protected RunLog log() {
    return new MemoryRunLog(10_000_000);
  }

  @Override
  protected RunLog smallLog() {
    return new MemoryRunLog(5_000);
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
        .verify(Duration.ofSeconds(30));
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
    assertThat(events).hasSizeLessThan(100_000 / MemoryRunLog.OVERHEAD);
    assertThat(events.stream().mapToLong(MemoryRunLogTest::bytes).sum()).isEqualTo(1_000_000);
  }

  @Test
  void whoEndsOrCancelsIsForgotten() {
    MemoryRunLog log = new MemoryRunLog(1000);
    StepVerifier.create(log.read(1))
        .then(() -> assertThat(log.readers()).isEqualTo(1))
        .thenCancel()
        .verify(Duration.ofSeconds(30));
    assertThat(log.readers()).isZero();

    log.close();
    all(log);
    assertThat(log.readers()).isZero();
  }

  @Test
  void aNodeThatPrintsMuchDoesNotPushOutTheOthers() {
    RunLog log = log(new LogBounds(100 * COST, 4 * COST, LogBudget.unlimited()));
    log.append(output(N2, "x".repeat(PIECE)));
    append(log, 1, 5);
    log.append(output(N2, "y".repeat(PIECE)));
    append(log, 6, 10);
    log.append(output(N2, "z".repeat(PIECE)));
    log.close();

    assertThat(all(log))
        .containsExactly(
            output(N2, "x".repeat(PIECE)),
            piece(1),
            piece(2),
            output(N2, "y".repeat(PIECE)),
            new RunEvent.Gap(N1, 2 * PIECE, 6 * PIECE),
            piece(9),
            piece(10),
            output(N2, "z".repeat(PIECE)));
  }

  @Test
  void logsShareABudgetAndEachDropsOnlyItsOwn() {
    LogBudget budget = new LogBudget(9 * COST);
    RunLog first = log(new LogBounds(6 * COST, 6 * COST, budget));
    RunLog second = log(new LogBounds(6 * COST, 6 * COST, budget));
    append(first, 1, 6);
    append(second, 1, 6);
    second.append(finished(N1));
    first.close();
    second.close();

    assertThat(all(first)).hasSize(6);
    assertThat(all(second))
        .containsExactly(piece(1), new RunEvent.Gap(N1, PIECE, 5 * PIECE), finished(N1));
  }

  @Test
  void whatIsDiscardedIsGivenBackToTheBudget() {
    LogBudget budget = new LogBudget(100 * COST);
    RunLog log = log(new LogBounds(6 * COST, 6 * COST, budget));
    log.append(new RunEvent.Started(N1, "agent"));
    append(log, 1, 20);
    log.append(finished(N1));
    assertThat(budget.used()).isBetween(6L * COST, 8L * COST);

    log.discard().block();
    log.discard().block();
    assertThat(budget.used()).isZero();
  }

  @Test
  void whateverIsPrintedTheBudgetIsKeptAndAllIsAccountedFor() {
    LogBudget budget = new LogBudget(200_000);
    List<NodeId> nodes = IntStream.range(0, 20).mapToObj(i -> new NodeId("n" + i)).toList();
    List<RunLog> kept = new ArrayList<>();
    Random random = new Random(1);
    for (int round = 0; round < 20; round++) {
      RunLog log = log(new LogBounds(random.nextInt(100_000), random.nextInt(20_000), budget));
      Map<NodeId, Long> printed = new HashMap<>();
      for (int i = 0; i < 2_000; i++) {
        NodeId node = nodes.get((int) Math.min(19, Math.abs(random.nextGaussian() * 6)));
        int size = random.nextInt(300);
        log.append(output(node, "x".repeat(size)));
        printed.merge(node, (long) size, Long::sum);
        assertThat(budget.used()).isLessThan(250_000);
      }
      log.close();
      Map<NodeId, Long> told = new HashMap<>();
      all(log).forEach(event -> told.merge(event.node(), bytes(event), Long::sum));
      assertThat(told).isEqualTo(printed);
      kept.add(log);
      if (kept.size() == 3) {
        kept.forEach(old -> old.discard().block());
        kept.clear();
        assertThat(budget.used()).isZero();
      }
    }
  }

  private static RunLog log(LogBounds bounds) {
    return new MemoryRunLog(bounds, Schedulers.parallel());
  }

  @Test
  void signalsComeOnTheSchedulerGiven() {
    MemoryRunLog log = new MemoryRunLog(LogBounds.of(1000), Schedulers.single());
    log.append(finished(N1));
    log.close();

    StepVerifier.create(log.read(1).map(entry -> Thread.currentThread().getName()))
        .expectNextMatches(name -> name.startsWith("single-"))
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void aNegativeBoundIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRunLog(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> new LogBudget(-1));
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
