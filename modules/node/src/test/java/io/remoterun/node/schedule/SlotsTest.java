package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.conf.RudderDuration;
import io.remoterun.protocol.run.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SlotsTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<ZoneId> ZONES =
      Stream.of(
              "Europe/Paris",
              "America/New_York",
              "Australia/Lord_Howe",
              "Africa/Cairo",
              "Africa/Casablanca",
              "Antarctica/Troll",
              "Asia/Kathmandu",
              "Asia/Pyongyang",
              "America/St_Johns",
              "Pacific/Apia",
              "Pacific/Kiritimati",
              "Pacific/Chatham")
          .map(ZoneId::of)
          .toList();

  /** The documentation has this table, too: docs/node-schedule.md. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The clock is put forward at 02:00 to 03:00: that hour is not there.
        "Europe/Paris | 2026-03-29T01:50 | 5m  | 0    | 01:55 03:00 03:05",
        "Europe/Paris | 2026-03-29T01:50 | 5m  | 2m   | 01:52 01:57 03:02",
        "Europe/Paris | 2026-03-29T00:00 | 1h  | 30m  | 00:30 01:30 03:30",
        "Europe/Paris | 2026-03-29T00:00 | 2h  | 30m  | 00:30 03:00 04:30",
        "Europe/Paris | 2026-03-28T02:30 | 24h | 2h30m | 03:00 02:30 02:30",
        "Europe/Paris | 2026-03-28T03:00 | 24h | 3h   | 03:00 03:00 03:00",
        // It is put back at 03:00 to 02:00: that hour is there twice.
        "Europe/Paris | 2026-10-25T01:50 | 20m | 0    | 02:00 02:20 02:40 02:00 02:20 02:40 03:00",
        "Europe/Paris | 2026-10-25T00:50 | 1h  | 30m  | 01:30 02:30 02:30 03:30",
        "Europe/Paris | 2026-10-25T00:00 | 2h  | 30m  | 00:30 02:30 04:30",
        "Europe/Paris | 2026-10-24T02:30 | 24h | 2h30m | 02:30 02:30 02:30",
        // Half an hour, in October forward, in April back.
        "Australia/Lord_Howe | 2026-10-04T01:30 | 15m | 0 | 01:45 02:30 02:45",
        "Australia/Lord_Howe | 2026-10-04T01:30 | 1h  | 0 | 02:30 03:00 04:00",
        "Australia/Lord_Howe | 2026-04-05T01:15 | 15m | 0 | 01:30 01:45 01:30 01:45 02:00",
        "Australia/Lord_Howe | 2026-04-05T00:30 | 1h  | 45m | 00:45 01:45 02:45",
        // Midnight is not there.
        "Africa/Cairo | 2026-04-23T23:50 | 5m  | 0 | 23:55 01:00 01:05",
        "Africa/Cairo | 2026-04-23T00:00 | 24h | 0 | 01:00 00:00 00:00",
        // A whole day is not there: the 30th of December 2011.
        "Pacific/Apia | 2011-12-29T23:50 | 5m  | 0  | 23:55 00:00 00:05",
        "Pacific/Apia | 2011-12-28T04:00 | 24h | 4h | 04:00 04:00 04:00",
      })
  void keepToTheWallClock(ZoneId zone, String from, String period, String first, String expected) {
    Slots slots = new Slots(duration(period), duration(first), zone);
    Instant begin = ZonedDateTime.of(LocalDateTime.parse(from), zone).toInstant();
    List<LocalTime> times = expected.lines().flatMap(SlotsTest::times).toList();

    assertThat(
            Stream.iterate(slots.after(begin), slots::after)
                .limit(times.size())
                .map(slot -> slot.atZone(zone).toLocalTime()))
        .isEqualTo(times);
  }

  /** What the slots are, found by looking at each minute: around each change of some zones. */
  @ParameterizedTest
  @MethodSource("changesPeriodsAndFirsts")
  void areThoseThatAreFoundByLookingAtEachMinute(
      ZoneId zone, ZoneOffsetTransition change, Duration period, Duration first) {
    Slots slots = new Slots(period, first, zone);
    Instant begin = change.getInstant().minus(25, ChronoUnit.HOURS).truncatedTo(ChronoUnit.HOURS);
    Instant end = change.getInstant().plus(49, ChronoUnit.HOURS);
    TreeSet<Instant> expected = new TreeSet<>();
    for (Instant now = begin.plusSeconds(60);
        now.isBefore(end);
        now = now.plus(1, ChronoUnit.MINUTES)) {
      ZonedDateTime local = now.atZone(zone);
      boolean isShort = period.compareTo(change.getDuration().abs()) <= 0;
      boolean isFirstTime = local.withEarlierOffsetAtOverlap().equals(local);
      if (isSlot(local.toLocalTime(), period, first) && (isShort || isFirstTime)) {
        expected.add(now);
      }
      if (now.equals(change.getInstant())
          && change.isGap()
          && !isShort
          && leavesOut(change, period, first)) {
        expected.add(now);
      }
    }

    List<Instant> found = new ArrayList<>();
    for (Instant slot = slots.after(begin); slot.isBefore(end); slot = slots.after(slot)) {
      found.add(slot);
    }
    assertThat(found).isEqualTo(List.copyOf(expected));
  }

  @Test
  void neverLeaveANodeAloneForMoreThanTheChangeInAYear() {
    for (String id : ZoneId.getAvailableZoneIds()) {
      assertThat(widest(ZoneId.of(id), DAY)).as(id).isBetween(DAY, DAY.plusHours(2));
    }
    for (ZoneId zone : ZONES) {
      for (Duration period : List.of(Duration.ofMinutes(30), Duration.ofHours(3))) {
        boolean isShort = period.equals(Duration.ofMinutes(30));
        assertThat(widest(zone, period))
            .as(zone + " " + period)
            .isBetween(period, isShort ? period : period.plusHours(2));
      }
    }
  }

  /** The longest time between two slots of the year 2026. */
  private static Duration widest(ZoneId zone, Duration period) {
    Slots slots = new Slots(period, Duration.ofMinutes(17), zone);
    Instant end = Instant.parse("2027-01-02T00:00:00Z");
    Instant before = slots.after(Instant.parse("2026-01-01T00:00:00Z"));
    Duration widest = Duration.ZERO;
    for (Instant slot = slots.after(before); slot.isBefore(end); slot = slots.after(slot)) {
      Duration distance = Duration.between(before, slot);
      widest = distance.compareTo(widest) > 0 ? distance : widest;
      before = slot;
    }
    return widest;
  }

  @Test
  void beginAtTheNodesOwnTimeAndEndWithTheDay() {
    NodeId node = new NodeId("root");
    Timing nightly = new Timing(Duration.ofHours(9), Duration.ofHours(4), Duration.ofHours(6));
    Slots slots = Slots.of(nightly, node, ZoneId.of("UTC"));
    Instant midnight = Instant.parse("2026-05-01T00:00:00Z");
    Instant first = slots.after(midnight);

    assertThat(Duration.between(midnight, first))
        .isEqualTo(Duration.ofHours(4).plus(Splay.of(node, Duration.ofHours(2))));
    assertThat(Stream.iterate(first, slots::after).limit(4))
        .containsExactly(
            first,
            first.plus(9, ChronoUnit.HOURS), // and 18 h later it is the next day
            first.plus(18, ChronoUnit.HOURS).isBefore(midnight.plus(DAY))
                ? first.plus(18, ChronoUnit.HOURS)
                : first.plus(DAY),
            first.plus(18, ChronoUnit.HOURS).isBefore(midnight.plus(DAY))
                ? first.plus(DAY)
                : first.plus(DAY).plus(9, ChronoUnit.HOURS));
  }

  static Stream<Arguments> changesPeriodsAndFirsts() {
    return ZONES.stream()
        .flatMap(
            zone ->
                changes(zone)
                    .flatMap(
                        change ->
                            Stream.of("5m", "7m", "30m", "45m", "1h", "2h", "7h", "24h")
                                .flatMap(
                                    period ->
                                        Stream.of("0", "2h30m", "23h59m")
                                            .map(
                                                first ->
                                                    Arguments.of(
                                                        zone,
                                                        change,
                                                        duration(period),
                                                        duration(first))))));
  }

  private static Stream<ZoneOffsetTransition> changes(ZoneId zone) {
    Instant begin = Instant.parse("2011-01-01T00:00:00Z");
    return Stream.iterate(
            zone.getRules().nextTransition(begin),
            change -> change != null,
            change -> zone.getRules().nextTransition(change.getInstant()))
        .limit(2);
  }

  private static boolean isSlot(LocalTime time, Duration period, Duration first) {
    long since = time.toSecondOfDay() - first.toSeconds();
    return since >= 0 && since % period.toSeconds() == 0;
  }

  private static boolean leavesOut(ZoneOffsetTransition change, Duration period, Duration first) {
    return Stream.iterate(
            change.getDateTimeBefore(),
            time -> time.isBefore(change.getDateTimeAfter()),
            time -> time.plusMinutes(1))
        .anyMatch(time -> isSlot(time.toLocalTime(), period, first));
  }

  private static Stream<LocalTime> times(String line) {
    return Stream.of(line.split(" ", -1)).map(LocalTime::parse);
  }

  private static Duration duration(String text) {
    return RudderDuration.parse(text);
  }
}
