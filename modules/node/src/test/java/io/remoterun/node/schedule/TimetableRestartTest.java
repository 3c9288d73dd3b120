package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a restart of the node does to starts: none is repeated, and none is lost. */
class TimetableRestartTest extends PlayedTimetable {
  private static final Section DAILY =
      new Section(
          "daily",
          List.of("/bin/true"),
          new Timing(Timing.DAY, Duration.ofMinutes(150), Duration.ofMinutes(150)),
          Section.DEFAULT_LONGEST,
          1);

  /** Neither the file nor its name is lost with the power: that would start a section twice. */
  @Test
  void theLastStartIsForcedToTheDiskBeforeItIsGoneOnWith() throws IOException {
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 5)), look());
    Path recorded = folder.resolve("forced.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileForce").withoutThreshold();
      recording.start();
      pass(timetable, Duration.ofMinutes(3).plusSeconds(1));
      recording.stop();
      recording.dump(recorded);
    }

    assertThat(starts).hasSize(1);
    assertThat(RecordingFile.readAllEvents(recorded))
        .extracting(event -> event.getString("path"))
        .containsExactly(file() + ".tmp", folder.toString());
  }

  @Test
  void aRestartInASlotStartsItNotTwiceAlsoIfTheClockIsPutBackMeanwhile() {
    Timetable first = timetable();
    first.use(List.of(section("a", 5)), look());
    pass(first, Duration.ofMinutes(3).plusSeconds(1));
    assertThat(starts).containsExactly("10:05:00 a");
    now = Instant.parse("2026-05-01T10:04:30Z");

    Timetable second = timetable();
    second.use(List.of(section("a", 5)), look());
    pass(second, Duration.ofMinutes(6));
    assertThat(starts).containsExactly("10:05:00 a", "10:10:00 a");
  }

  @Test
  void aStartThatWaitsForRoomIsMadeUpForAfterARestart() {
    Timetable timetable = startedYesterday();
    full = true;
    pass(timetable, Duration.ofMinutes(1));
    full = false;
    restart();

    assertThat(starts).hasSize(2).last().asString().matches("0[23]:.* daily");
  }

  @Test
  void aStartThatWaitsForItsTurnIsMadeUpForAfterARestart() {
    Timetable timetable = startedYesterday();
    waits = true;
    pass(timetable, Duration.ofMinutes(1));
    waits = false;
    restart();

    assertThat(starts).hasSize(3).last().asString().matches("0[23]:.* daily");
  }

  @Test
  void aStartThatHasWaitedForItsTurnIsNotRepeatedAfterARestart() {
    Timetable timetable = startedYesterday();
    waits = true;
    pass(timetable, Duration.ofMinutes(1));
    waits = false;
    pass(timetable, Timetable.TRY_AGAIN.plusMillis(1));
    restart();

    assertThat(starts).hasSize(2);
  }

  /** Whenever that turns out, also before the start is written down. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStartThatWasInVainIsMadeUpForAfterARestart(boolean atOnce) {
    Timetable timetable = startedYesterday();
    inVainAtOnce = atOnce;
    pass(timetable, Duration.ofSeconds(11));
    inVainAtOnce = false;
    if (!atOnce) {
      heard.getLast().accept("one is there");
    }
    assertThat(timetable.entries())
        .extracting(Schedule.Entry::last)
        .containsExactly(Optional.of(Instant.parse("2026-05-01T02:30:00Z")));
    restart();

    assertThat(starts).hasSize(3).last().asString().matches("0[23]:.* daily");
  }

  /** The status tells when it was started last, and it was not. */
  @Test
  void aStartThatWasLeftOutIsNotWrittenDown() {
    Timetable timetable = startedYesterday();
    disabled = true;
    pass(timetable, Duration.ofSeconds(11));

    assertThat(timetable.entries())
        .singleElement()
        .satisfies(
            it -> assertThat(it.last()).contains(Instant.parse("2026-05-01T02:30:00Z")),
            it -> assertThat(it.next()).isEqualTo(Instant.parse("2026-05-03T02:30:00Z")));
  }

  /** Whoever hears of it late has not made the next start undone. */
  @Test
  void aStartThatTurnsOutToHaveBeenInVainAfterTheNextOneLeavesThatWrittenDown() {
    Timetable timetable = startedYesterday();
    pass(timetable, Duration.ofSeconds(11));
    heard.getFirst().accept("one was there");

    assertThat(new LastStarts(file(), LOGGER).of("daily"))
        .contains(Instant.parse("2026-05-02T02:30:00Z"));
  }

  /** Is due again in 10 s. */
  private Timetable startedYesterday() {
    now = Instant.parse("2026-05-01T02:29:50Z");
    Timetable timetable = timetable();
    timetable.use(List.of(DAILY), look());
    pass(timetable, Duration.ofSeconds(11));
    assertThat(starts).containsExactly("02:30:00 daily");
    pass(timetable, Duration.ofDays(1).minusSeconds(60));
    now = Instant.parse("2026-05-02T02:29:50Z");
    return timetable;
  }

  private void restart() {
    Timetable timetable = timetable();
    timetable.use(List.of(DAILY), look());
    pass(timetable, Appointment.SOON);
  }

  @Test
  void goesOnWithoutItsFile() throws IOException {
    Files.createDirectory(file());
    try (CapturedLog log = CapturedLog.of("timetable")) {
      Timetable timetable = timetable();
      timetable.use(List.of(section("a", 5)), look());
      pass(timetable, Duration.ofMinutes(10));

      assertThat(starts).containsExactly("10:05:00 a", "10:10:00 a");
      assertThat(log.lines()).filteredOn(line -> line.startsWith("WARN")).hasSize(2);
    }
  }

  @Test
  void garbageInItsFileIsAsIfNothingHadBeenStarted() throws IOException {
    Files.writeString(file(), "a\n\n2026\na 2026-05-01T1\n\0 x y z\n");
    Timetable timetable = timetable();
    timetable.use(List.of(section("a", 5)), look());

    assertThat(timetable.entries()).extracting(Schedule.Entry::last).containsOnly(Optional.empty());
  }
}
