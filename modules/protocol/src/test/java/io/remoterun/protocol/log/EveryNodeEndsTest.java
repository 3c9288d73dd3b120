package io.remoterun.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;
import reactor.core.publisher.Flux;

class EveryNodeEndsTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId STRANGER = new NodeId("n3");
  private static final RunFailure BROKEN = new RunFailure(Kind.INTERNAL, "test", "broken");
  private static final RunFailure ENDED = new RunFailure(Kind.INTERRUPTED, "test", "ended");

  private final EveryNodeEnds everyNodeEnds =
      new EveryNodeEnds("a test", NOPLogger.NOP_LOGGER, error -> BROKEN, () -> ENDED);

  @Test
  void whateverASourceTellsEachNodeEndsOnceAndLast() {
    List<RunEvent> all = new ArrayList<>();
    for (NodeId node : List.of(N1, N2, STRANGER)) {
      all.add(new RunEvent.Started(node, "agent"));
      all.add(new RunEvent.Output(node, OutputBytes.ofUtf8("x\n")));
      all.add(new RunEvent.Heartbeat(node));
      all.add(new RunEvent.Gap(node, 2, 1));
      all.add(new RunEvent.Finished(node, ExitStatus.code(0)));
      all.add(new RunEvent.Failed(node, BROKEN));
    }
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Collections.shuffle(all, random);
      List<RunEvent> told = all.subList(0, random.nextInt(all.size()));
      Flux<RunEvent> source = Flux.fromIterable(told);
      if (random.nextBoolean()) {
        source = source.concatWith(Flux.error(new IllegalStateException("on purpose")));
      }
      List<RunEvent> events = once(source);

      assertThat(events).extracting(RunEvent::node).containsOnly(N1, N2);
      for (NodeId node : List.of(N1, N2)) {
        List<RunEvent> own = events.stream().filter(event -> event.node().equals(node)).toList();
        assertThat(own).filteredOn(RunEvent::isTerminal).containsExactly(own.getLast());
        assertThat(own).filteredOn(RunEvent.Started.class::isInstance).hasSizeLessThan(2);
      }
    }
  }

  @Test
  void whatIsMissingIsToldAsWhatItIs() {
    assertThat(once(Flux.empty()))
        .containsExactly(new RunEvent.Failed(N1, ENDED), new RunEvent.Failed(N2, ENDED));
    assertThat(once(Flux.error(new IllegalStateException("on purpose"))))
        .containsExactly(new RunEvent.Failed(N1, BROKEN), new RunEvent.Failed(N2, BROKEN));
  }

  @Test
  void doesNotWaitForASourceThatHasToldAll() {
    RunEvent end1 = new RunEvent.Finished(N1, ExitStatus.code(0));
    RunEvent end2 = new RunEvent.Finished(N2, ExitStatus.code(0));
    assertThat(once(Flux.just(end1, end2).concatWith(Flux.never()))).containsExactly(end1, end2);
    assertThat(everyNodeEnds.once(Flux.never(), List.of()).collectList().block()).isEmpty();
  }

  private List<RunEvent> once(Flux<RunEvent> events) {
    return everyNodeEnds.once(events, List.of(N1, N2)).collectList().blockOptional().orElseThrow();
  }
}
