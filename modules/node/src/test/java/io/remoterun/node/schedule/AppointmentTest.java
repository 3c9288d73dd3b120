package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both clocks are numbers here: a day is over in no time. */
class AppointmentTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Duration STEP = Duration.ofSeconds(30);

  private Instant now = Instant.parse("2026-05-01T10:02:00Z");
  private Duration elapsed = Duration.ZERO;
  private Appointment appointment = make("5m", Optional.empty());

  @Test
  void isDueOnceAtEachSlot() {
    assertThat(startsWithin("20m")).containsExactly("10:05:00", "10:10:00", "10:15:00", "10:20:00");
    assertThat(appointment.last()).contains(Instant.parse("2026-05-01T10:20:00Z"));
    assertThat(appointment.next()).isEqualTo(Instant.parse("2026-05-01T10:25:00Z"));
  }

  @Test
  void isDueOnceWhenTheClockIsPutForwardOverManySlots() {
    put("5h");
    assertThat(startsWithin("10m")).containsExactly("15:02:30", "15:05:00", "15:10:00");
  }

  @Test
  void isNotDueAgainWhenTheClockIsPutBackALittle() {
    assertThat(startsWithin("3m")).containsExactly("10:05:00");
    put("-2m");
    assertThat(startsWithin("7m")).containsExactly("10:10:00");
  }

  @Test
  void isNotDueAgainWhenTheClockIsPutBackALittleAgainAndAgain() {
    assertThat(startsWithin("3m")).containsExactly("10:05:00");
    List<String> starts = new ArrayList<>();
    for (int minute = 0; minute < 8; minute++) {
      put("-1m");
      starts.addAll(startsWithin("1m"));
    }
    // After more than a period the clock is not believed to come back.
    assertThat(starts).hasSize(1);
  }

  @Test
  void goesOnWithinTwoPeriodsWhenTheClockWasHoursAhead() {
    assertThat(startsWithin("4m")).containsExactly("10:05:00");
    put("-6h");
    // A minute has gone since the start: the next one is four minutes away or more.
    assertThat(startsWithin("10m")).containsExactly("04:10:00", "04:15:00");
  }

  @Test
  void goesOnWhenTheClockWasYearsAheadWhenItBegan() {
    now = now.plus(Duration.ofDays(2000));
    appointment = make("24h", Optional.empty());
    put("-48000h");
    assertThat(startsWithin("14h")).containsExactly("00:00:00");
  }

  @Test
  void followsTheZoneWhenItIsChanged() {
    appointment = make("24h", Optional.empty());
    Look look = new Look(now, 0, ZoneId.of("Asia/Kathmandu"));

    assertThat(appointment.isDue(look)).isFalse();
    assertThat(appointment.next()).isEqualTo("2026-05-01T18:15:00Z");
  }

  @Test
  void aSlotThatAnEarlierProcessHasStartedIsNotDueAgain() {
    // The clock was put back while there was no process.
    appointment = make("5m", Optional.of(Instant.parse("2026-05-01T10:05:00Z")));
    assertThat(startsWithin("10m")).containsExactly("10:10:00");
  }

  @Test
  void whatAnEarlierProcessHasStartedInAFutureThatIsFarAwayIsForgotten() {
    appointment = make("5m", Optional.of(Instant.parse("2030-05-01T10:05:00Z")));
    assertThat(startsWithin("5m")).containsExactly("10:05:00");
  }

  @Test
  void aSlotThatWasMissedIsMadeUpForWithinTheHourIfTheNextIsFarAway() {
    appointment = make("24h", Optional.of(Instant.parse("2026-04-30T00:00:00Z")));
    assertThat(appointment.next())
        .isEqualTo(now.plus(Splay.of(NodeId.ROOT, Appointment.SOON)))
        .isBefore(now.plus(Appointment.SOON));
    assertThat(startsWithin("14h")).hasSize(2).endsWith("00:00:00");
  }

  @Test
  void aSlotThatWasMissedIsNotMadeUpForIfTheNextIsNear() {
    appointment = make("5m", Optional.of(Instant.parse("2026-04-30T00:00:00Z")));
    assertThat(startsWithin("5m")).containsExactly("10:05:00");
  }

  /** A year of clocks that somebody plays with. */
  @ParameterizedTest
  @ValueSource(strings = {"1m", "5m", "1h", "24h"})
  void isNeverLeftAloneAndNeverDueMoreThanOnceAPeriodAndJump(String period) {
    Duration each = parse(period);
    Random random = new Random(4);
    appointment = make(period, Optional.empty());
    Duration last = Duration.ZERO;
    int starts = 0;
    int forward = 0;
    long steps = Math.min(1_000_000, each.dividedBy(STEP) * 2000);
    for (long step = 0; step < steps; step++) {
      pass(STEP);
      if (random.nextInt((int) each.dividedBy(STEP) * 5) == 0) {
        Duration jump = each.multipliedBy(random.nextInt(-100, 100)).dividedBy(20);
        now = now.plus(jump);
        forward += jump.isPositive() ? 1 : 0;
      }
      if (appointment.isDue(look())) {
        starts++;
        last = elapsed;
      }
      assertThat(elapsed.minus(last)).isLessThanOrEqualTo(each.multipliedBy(3).plus(STEP));
    }
    assertThat(starts)
        .isGreaterThan((int) (steps * STEP.toSeconds() / each.toSeconds() / 2))
        .isLessThanOrEqualTo((int) (steps * STEP.toSeconds() / each.toSeconds()) + forward + 1);
  }

  private Appointment make(String period, Optional<Instant> before) {
    Timing timing = new Timing(parse(period), Duration.ZERO, Duration.ZERO);
    Section section =
        new Section("agent", List.of("/bin/true"), timing, Section.DEFAULT_LONGEST, 1);
    return new Appointment(section, NodeId.ROOT, before, look());
  }

  private List<String> startsWithin(String time) {
    List<String> starts = new ArrayList<>();
    for (Duration rest = parse(time); rest.isPositive(); rest = rest.minus(STEP)) {
      pass(STEP);
      if (appointment.isDue(look())) {
        starts.add(now.toString().substring(11, 19));
      }
    }
    return starts;
  }

  /** Puts the wall clock forward or, with a minus, back. */
  private void put(String by) {
    now = by.startsWith("-") ? now.minus(parse(by.substring(1))) : now.plus(parse(by));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    elapsed = elapsed.plus(time);
  }

  private Look look() {
    return new Look(now, elapsed.toNanos(), UTC);
  }

  private static Duration parse(String text) {
    return RudderDuration.parse(text);
  }
}
