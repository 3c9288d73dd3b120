package io.remoterun.webapp.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.webapp.runs.Caller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class FloodsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<String> written = new CopyOnWriteArrayList<>();
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Floods floods = new Floods(this::write, time);

  private Mono<Void> write(AuditEntry entry) {
    return Mono.fromRunnable(
        () -> written.add(entry.by().name() + " " + entry.decision() + " " + entry.details()));
  }

  private void refuse(String name, int times) {
    for (int i = 0; i < times; i++) {
      floods
          .write(
              name,
              AuditEntry.refused(
                  new Caller(name, "192.0.2.1"), AuditEntry.Action.TRIGGER, "too many"))
          .block();
    }
  }

  @Test
  void theFirstIsWrittenAtOnceAndTheOthersAsTheirNumberOnceAMinute() {
    refuse("alice", 1000);
    assertThat(written).containsExactly("alice REFUSED too many");
    time.advanceTimeBy(MINUTE);
    refuse("alice", 2);
    refuse("bob", 1);
    time.advanceTimeBy(MINUTE);
    assertThat(written)
        .containsExactly(
            "alice REFUSED too many",
            "alice REFUSED too many, and 999 times more since the entry before",
            "bob REFUSED too many",
            "alice REFUSED too many, and 2 times more since the entry before");
    // Nothing more comes, and the next one is a first one again.
    time.advanceTimeBy(MINUTE.multipliedBy(10));
    assertThat(written).hasSize(4);
    refuse("alice", 1);
    assertThat(written).hasSize(5).last().isEqualTo("alice REFUSED too many");
  }

  @Test
  void ofVeryManyCallersNotEachHasEntries() {
    for (int i = 0; i < 10_000; i++) {
      refuse("caller" + i, 1);
    }
    assertThat(written)
        .hasSize(Floods.MOST_CALLERS + 1)
        .last()
        .isEqualTo("caller100 REFUSED too many");
    time.advanceTimeBy(MINUTE);
    assertThat(written)
        .hasSize(Floods.MOST_CALLERS + 2)
        .last()
        .isEqualTo(
            "others REFUSED too many, and "
                + (10_000 - Floods.MOST_CALLERS - 1)
                + " times more since the entry before");
  }

  @Test
  void whatIsCountedIsToldBeforeTheEnd() {
    refuse("alice", 3);
    floods.close();
    assertThat(written).last().asString().contains("and 2 times more");
    time.advanceTimeBy(MINUTE.multipliedBy(3));
    assertThat(written).hasSize(2);
  }
}
