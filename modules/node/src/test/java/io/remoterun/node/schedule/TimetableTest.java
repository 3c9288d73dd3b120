package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.remoterun.testkit.CapturedLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimetableTest extends PlayedTimetable {
  @Test
  void startsEachSectionAtItsTimesAndSleepsInBetween() {
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 5), section("b", 8)), look());
    pass(timetable, Duration.ofMinutes(15));

    assertThat(starts)
        .containsExactly("10:05:00 a", "10:08:00 b", "10:10:00 a", "10:15:00 a", "10:16:00 b");
    assertThat(timetable.entries())
        .extracting(Schedule.Entry::last)
        .containsExactly(
            Optional.of(Instant.parse("2026-05-01T10:15:00Z")),
            Optional.of(Instant.parse("2026-05-01T10:16:00Z")));
  }

  @Test
  void noticesAClockThatIsPutForwardWithinHalfAMinute() {
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 60)), look());
    timetable.look(look());
    now = now.plus(Duration.ofHours(7));
    pass(timetable, Duration.ofSeconds(30));

    assertThat(starts).containsExactly("17:02:00 a");
  }

  @Test
  void triesASectionAgainUntilThereIsRoomAndDoesNotPileUpWhatIsDueMeanwhile() {
    try (CapturedLog log = CapturedLog.of("timetable")) {
      Timetable timetable = timetable();
      timetable.use(List.of(section("a", 5)), look());
      full = true;
      pass(timetable, Duration.ofMinutes(20));
      assertThat(timetable.entries())
          .extracting(Schedule.Entry::next)
          .containsExactly(Instant.parse("2026-05-01T10:05:00Z"));
      full = false;
      pass(timetable, Duration.ofSeconds(10));

      assertThat(starts).hasSize(1).first().asString().startsWith("10:22:0");
      assertThat(log.lines())
          .filteredOn(line -> line.contains("tried again"))
          .containsExactly("INFO section a is tried again: two are there");
    }
  }

  /** As where a helper that is root finds another one of an earlier process of this node. */
  @Test
  void triesASectionAgainThatWasStartedInVainAtTheNextLook() {
    try (CapturedLog log = CapturedLog.of("timetable")) {
      Timetable timetable = timetable();
      timetable.use(List.of(section("a", 60), section("b", 60)), look());
      pass(timetable, Duration.ofMinutes(58).plusSeconds(1));
      assertThat(starts).containsExactly("11:00:00 a", "11:00:00 b");
      heard.getFirst().accept("one is there");
      assertThat(timetable.entries())
          .extracting(Schedule.Entry::next)
          .containsExactly(
              Instant.parse("2026-05-01T11:00:00Z"), Instant.parse("2026-05-01T12:00:00Z"));
      pass(timetable, Duration.ofMinutes(10));

      assertThat(starts).hasSize(3).last().asString().matches("11:00:[0-3][0-9] a");
      assertThat(log.lines())
          .filteredOn(line -> line.contains("tried again"))
          .containsExactly("INFO section a is tried again: one is there");
    }
  }

  @Test
  void whatWasStartedInVainAndIsNotPlannedAnyMoreIsNotTriedAgain() {
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 60)), look());
    pass(timetable, Duration.ofMinutes(58).plusSeconds(1));
    heard.getFirst().accept("one is there");
    timetable.use(List.of(section("a", 50)), look());
    pass(timetable, Duration.ofMinutes(1));

    assertThat(starts).containsExactly("11:00:00 a");
  }

  @Test
  void aDefectInOneSectionLeavesTheOthersAlone() {
    try (CapturedLog log = CapturedLog.of("timetable")) {
      Timetable timetable = timetable();
      timetable.use(List.of(section("defect", 5), section("error", 5), section("b", 5)), look());
      pass(timetable, Duration.ofMinutes(4));

      assertThat(starts).containsExactly("10:05:00 b");
      log.await("ERROR section defect cannot be started");
      log.await("ERROR section error cannot be started");
    }
  }

  @Test
  void aReloadKeepsTheTimeOfWhatIsAsItWas() {
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 60), section("b", 60), section("c", 60)), look());
    now = now.plus(Duration.ofHours(-1));
    timetable.use(List.of(section("a", 60), section("b", 30)), look());

    assertThat(timetable.entries())
        .extracting(Schedule.Entry::name, entry -> entry.next().toString())
        .containsExactly(tuple("a", "2026-05-01T11:00:00Z"), tuple("b", "2026-05-01T09:30:00Z"));
  }
}
