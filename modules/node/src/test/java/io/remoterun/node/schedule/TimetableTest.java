package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class TimetableTest {
  private static final Logger LOGGER = LoggerFactory.getLogger("timetable");

  private static final Section DAILY =
      new Section(
          "daily",
          List.of("/bin/true"),
          new Timing(Timing.DAY, Duration.ofMinutes(150), Duration.ofMinutes(150)),
          Section.DEFAULT_LONGEST,
          1);

  @TempDir private Path folder = Path.of("");
  private final List<String> starts = new ArrayList<>();
  private final List<Consumer<String>> heard = new ArrayList<>();
  private boolean full;
  private boolean waits;
  private boolean inVainAtOnce;
  private Instant now = Instant.parse("2026-05-01T10:02:00Z");
  private Duration elapsed = Duration.ZERO;

  private Path file() {
    return folder.resolve("last-starts");
  }

  private Timetable timetable() {
    return new Timetable(NodeId.ROOT, new Started(), new LastStarts(file(), LOGGER), LOGGER);
  }

  private final class Started implements Starts {
    @Override
    public void use(List<Section> sections) {}

    @Override
    public Optional<String> start(Section section, Consumer<String> inVain) {
      if (section.name().equals("defect")) {
        throw new IllegalStateException("as the test wants it");
      }
      if (section.name().equals("error")) {
        throw new InternalError("as the test wants it");
      }
      if (full) {
        return Optional.of("two are there");
      }
      starts.add(now.toString().substring(11, 19) + " " + section.name());
      heard.add(inVain);
      if (inVainAtOnce) {
        inVain.accept("one is there");
      }
      return Optional.empty();
    }

    @Override
    public boolean waits(Section section) {
      return waits;
    }

    @Override
    public List<Problem> problems() {
      return List.of();
    }
  }

  /** Passes that time as its own thread would: looks, waits as long as it is told, and so on. */
  private void pass(Timetable timetable, Duration time) {
    Duration end = elapsed.plus(time);
    while (elapsed.compareTo(end) < 0) {
      Duration wait = timetable.look(look());
      assertThat(wait).isPositive().isLessThanOrEqualTo(Timetable.LOOK);
      now = now.plus(wait);
      elapsed = elapsed.plus(wait);
    }
  }

  private Look look() {
    return new Look(now, elapsed.toNanos(), ZoneId.of("UTC"));
  }

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

  /** At the full period: there is no interval that a node would have a place in. */
  private static Section section(String name, int minutes) {
    Timing timing = new Timing(Duration.ofMinutes(minutes), Duration.ZERO, Duration.ZERO);
    return new Section(name, List.of("/bin/true"), timing, Section.DEFAULT_LONGEST, 1);
  }
}
