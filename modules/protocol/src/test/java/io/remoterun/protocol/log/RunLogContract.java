package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.remoterun.protocol.log.RunLog.Entry;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What every run log has to do. */
@Timeout(20)
public abstract class RunLogContract {
  protected static final NodeId N1 = new NodeId("n1");
  protected static final NodeId N2 = new NodeId("n2");
  private static final Duration SOON = Duration.ofSeconds(30);

  /** A log that keeps all that these tests append. */
  protected abstract RunLog log();

  /** A log that keeps about 5,000 bytes of output. */
  protected abstract RunLog smallLog();

  protected static RunEvent output(NodeId node, String text) {
    return new RunEvent.Output(node, OutputBytes.ofUtf8(text));
  }

  protected static RunEvent finished(NodeId node) {
    return new RunEvent.Finished(node, ExitStatus.code(0));
  }

  protected static List<RunEvent> all(RunLog log) {
    return log.events().collectList().blockOptional(SOON).orElseThrow();
  }

  @Test
  protected void aReaderGetsWhatIsThereThenWhatComes() {
    RunLog log = log();
    log.append(output(N1, "a"));

    StepVerifier.create(log.read(1))
        .expectNext(new Entry(1, output(N1, "a")))
        .then(() -> log.append(output(N1, "b")))
        .expectNext(new Entry(2, output(N1, "b")))
        .then(() -> log.append(finished(N1)))
        .expectNext(new Entry(3, finished(N1)))
        .then(log::close)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  protected void aReaderThatComesAfterTheEndGetsAll() {
    RunLog log = log();
    log.append(output(N1, "a"));
    log.append(finished(N1));
    log.close();

    assertThat(all(log)).containsExactly(output(N1, "a"), finished(N1));
    assertThat(all(log)).hasSize(2);
  }

  @Test
  protected void aReaderMayStartInTheMiddleOrAfterTheEnd() {
    RunLog log = log();
    IntStream.rangeClosed(1, 5).forEach(i -> log.append(output(N1, "line " + i)));
    log.close();

    StepVerifier.create(log.read(4).map(Entry::sequence))
        .expectNext(4L, 5L)
        .expectComplete()
        .verify(SOON);
    StepVerifier.create(log.read(6)).expectComplete().verify(SOON);
  }

  @Test
  protected void anEntryIsNeverMoreThanALine() {
    RunLog log = log();
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    log.append(new RunEvent.Output(N1, OutputBytes.copyOf(bytes)));
    log.close();

    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (RunEvent event : all(log)) {
      assertThat(RunEventStream.pieces(event)).hasSize(1);
      read.writeBytes(((RunEvent.Output) event).bytes().toByteArray());
    }
    assertThat(read.toByteArray()).isEqualTo(bytes);
  }

  @Test
  protected void ofAGapOnlyWhatTheLogDoesNotHaveIsAppended() {
    RunLog log = log();
    log.append(output(N1, "12345"));
    log.append(new RunEvent.Gap(N1, 2, 3));
    log.append(new RunEvent.Gap(N1, 2, 10));
    log.close();

    assertThat(all(log)).containsExactly(output(N1, "12345"), new RunEvent.Gap(N1, 5, 7));
  }

  @Test
  protected void whoeverResumesAnywhereHasSeenAllThatWasPrinted() {
    RunLog log = smallLog();
    Map<NodeId, Long> printed = new HashMap<>();
    List<List<Entry>> before = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      NodeId node = i % 3 == 0 ? N2 : N1;
      log.append(output(node, "x".repeat(i)));
      printed.merge(node, (long) i, Long::sum);
      if (i % 10 == 0) {
        before.add(readable(log));
      }
    }
    log.append(finished(N1));
    log.append(finished(N2));
    log.close();

    for (List<Entry> seenBefore : before) {
      for (int cut = 0; cut <= seenBefore.size(); cut += 7) {
        List<Entry> first = seenBefore.subList(0, cut);
        long next = cut == 0 ? 1 : first.getLast().sequence() + 1;
        List<Entry> rest = log.read(next).collectList().blockOptional(SOON).orElseThrow();
        assertThat(told(first, rest)).as("resumed at %d", next).isEqualTo(printed);
        assertThat(rest).extracting(Entry::event).contains(finished(N1), finished(N2));
      }
    }
  }

  /** All there is now, up to an event that marks it. */
  private static List<Entry> readable(RunLog log) {
    RunEvent now = new RunEvent.Started(new NodeId("marker"), UUID.randomUUID().toString());
    log.append(now);
    return log.read(1)
        .takeUntil(entry -> entry.event().equals(now))
        .collectList()
        .blockOptional(SOON)
        .orElseThrow();
  }

  private static Map<NodeId, Long> told(List<Entry> first, List<Entry> rest) {
    Seen seen = new Seen();
    Map<NodeId, Long> told = new HashMap<>();
    Stream.concat(first.stream(), rest.stream())
        .map(entry -> seen.unseen(entry.event()))
        .filter(Objects::nonNull)
        .filter(event -> KeptOutput.bytesOf(event) > 0)
        .forEach(event -> told.merge(event.node(), KeptOutput.bytesOf(event), Long::sum));
    return told;
  }

  @Test
  protected void aReaderOfWhatIsDiscardedFails() {
    RunLog log = log();
    log.append(output(N1, "a"));
    StepVerifier.create(log.read(1))
        .expectNextCount(1)
        .then(() -> log.append(output(N1, "b")))
        .expectNextCount(1)
        .then(() -> log.discard().block(SOON))
        .expectComplete()
        .verify(SOON);
    StepVerifier.create(log.read(1)).expectError(IOException.class).verify(SOON);
    assertThatIllegalStateException().isThrownBy(() -> log.append(finished(N1)));
  }

  @Test
  protected void anEmptyLogEndsWhenItIsClosed() {
    RunLog log = log();
    StepVerifier.create(log.read(1)).then(log::close).expectComplete().verify(SOON);
  }

  @Test
  protected void heartbeatsAreNotKept() {
    RunLog log = log();
    log.append(new RunEvent.Heartbeat(N1));
    log.append(finished(N1));
    log.close();

    assertThat(all(log)).containsExactly(finished(N1));
  }

  @Test
  protected void nothingIsAppendedAfterTheEnd() {
    RunLog log = log();
    log.close();
    log.close();
    assertThatIllegalStateException().isThrownBy(() -> log.append(finished(N1)));
  }

  @Test
  protected void aReaderGetsNoMoreThanItAskedFor() {
    RunLog log = log();
    IntStream.rangeClosed(1, 5).forEach(i -> log.append(output(N1, "line " + i)));
    log.close();

    StepVerifier.create(log.read(1).map(Entry::sequence), 0)
        .thenRequest(2)
        .expectNext(1L, 2L)
        .expectNoEvent(Duration.ofMillis(20))
        .thenRequest(1)
        .expectNext(3L)
        .thenRequest(Long.MAX_VALUE)
        .expectNext(4L, 5L)
        .expectComplete()
        .verify(SOON);
  }

  @Test
  protected void aReaderThatIsStuckHoldsNeitherTheWriterNorAnotherReader()
      throws InterruptedException {
    RunLog log = log();
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Mono<List<Entry>> slow =
        log.read(1)
            .doOnNext(entry -> waitFor(stuck, release))
            .collectList()
            .subscribeOn(Schedulers.parallel())
            .cache();
    slow.subscribe();
    log.append(output(N1, "first"));
    stuck.await();

    IntStream.rangeClosed(1, 1000).forEach(i -> log.append(output(N1, "line " + i)));
    log.close();
    assertThat(all(log)).hasSize(1001);

    release.countDown();
    assertThat(slow.blockOptional(SOON).orElseThrow()).hasSize(1001);
  }

  private static void waitFor(CountDownLatch stuck, CountDownLatch release) {
    stuck.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  protected void appendNeverRunsTheReadersCode() {
    RunLog log = log();
    Thread writer = Thread.currentThread();
    Mono<List<Boolean>> onWriter =
        log.read(1).map(entry -> Thread.currentThread() == writer).collectList().cache();
    onWriter.subscribe();
    IntStream.rangeClosed(1, 100).forEach(i -> log.append(output(N1, "line " + i)));
    log.close();

    assertThat(onWriter.blockOptional(SOON).orElseThrow()).hasSize(100).containsOnly(false);
  }

  @Test
  protected void everyReaderSeesAllInOrderWhileTheWriterAppends() {
    int events = 5_000;
    RunLog log = log();
    Flux<List<Long>> readers =
        Flux.range(0, 20)
            .flatMap(i -> log.read(1).limitRate(1 + i * i).map(Entry::sequence).collectList(), 20);
    Mono<List<List<Long>>> read = readers.collectList().cache();
    read.subscribe();
    IntStream.rangeClosed(1, events).forEach(i -> log.append(output(N1, "line " + i)));
    log.close();

    List<Long> expected = LongStream.rangeClosed(1, events).boxed().toList();
    assertThat(read.blockOptional(SOON).orElseThrow()).hasSize(20).containsOnly(expected);
  }

  @Test
  protected void aReaderThatCancelsGetsNothingMore() throws InterruptedException {
    RunLog log = log();
    CountDownLatch second = new CountDownLatch(2);
    StepVerifier.create(log.read(1))
        .then(() -> log.append(output(N1, "a")))
        .expectNextCount(1)
        .thenCancel()
        .verify(SOON);
    log.read(1).subscribe(new CountingSubscriber(second));
    log.append(output(N1, "b"));

    second.await();
  }

  private static final class CountingSubscriber extends BaseSubscriber<Entry> {
    private final CountDownLatch latch;

    CountingSubscriber(CountDownLatch latch) {
      this.latch = latch;
    }

    @Override
    protected void hookOnNext(Entry entry) {
      latch.countDown();
    }
  }
}
