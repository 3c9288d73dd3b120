package io.remoterun.protocol.http;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class HeartbeatsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final RunEvent HEARTBEAT = new RunEvent.Heartbeat(N1);
  private static final RunEvent FINISHED = new RunEvent.Finished(N1, ExitStatus.code(0));

  @Test
  void fillASilenceAndEndWithTheRun() {
    StepVerifier.withVirtualTime(
            () ->
                Heartbeats.between(
                    Flux.just(FINISHED).delaySubscription(Duration.ofSeconds(40)),
                    HEARTBEAT,
                    Duration.ofSeconds(15)))
        .expectSubscription()
        .expectNoEvent(Duration.ofSeconds(15))
        .expectNext(HEARTBEAT)
        .expectNoEvent(Duration.ofSeconds(15))
        .expectNext(HEARTBEAT)
        .expectNoEvent(Duration.ofSeconds(10))
        .expectNext(FINISHED)
        .expectComplete()
        .verify(Duration.ofSeconds(30));
  }

  @Test
  void doNotPileUpForAReaderThatDoesNotAsk() {
    StepVerifier.withVirtualTime(
            () -> Heartbeats.between(Flux.never(), HEARTBEAT, Duration.ofSeconds(15)), 0)
        .expectSubscription()
        .expectNoEvent(Duration.ofHours(10))
        .thenCancel()
        .verify(Duration.ofSeconds(30));
  }
}
