package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A timetable without its thread: the test has the clocks, and what is started. */
abstract class PlayedTimetable {
  static final Logger LOGGER = LoggerFactory.getLogger("timetable");

  @TempDir Path folder = Path.of("");
  final List<String> starts = new ArrayList<>();
  final List<Consumer<String>> heard = new ArrayList<>();
  boolean full;
  boolean disabled;
  boolean waits;
  boolean inVainAtOnce;
  Instant now = Instant.parse("2026-05-01T10:02:00Z");
  private Duration elapsed = Duration.ZERO;

  Path file() {
    return folder.resolve("last-starts");
  }

  Timetable timetable() {
    return new Timetable(NodeId.ROOT, new Started(), new LastStarts(file(), LOGGER), LOGGER);
  }

  private final class Started implements Starts {
    @Override
    public void use(List<Section> sections) {}

    @Override
    public Outcome start(Section section, Consumer<String> inVain) {
      if (section.name().equals("defect")) {
        throw new IllegalStateException("as the test wants it");
      }
      if (section.name().equals("error")) {
        throw new InternalError("as the test wants it");
      }
      if (full) {
        return new Outcome.Full("two are there");
      }
      if (disabled) {
        return new Outcome.LeftOut();
      }
      starts.add(now.toString().substring(11, 19) + " " + section.name());
      heard.add(inVain);
      if (inVainAtOnce) {
        inVain.accept("one is there");
      }
      return new Outcome.Made();
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
  void pass(Timetable timetable, Duration time) {
    Duration end = elapsed.plus(time);
    while (elapsed.compareTo(end) < 0) {
      Duration wait = timetable.look(look());
      assertThat(wait).isPositive().isLessThanOrEqualTo(Timetable.LOOK);
      now = now.plus(wait);
      elapsed = elapsed.plus(wait);
    }
  }

  Look look() {
    return new Look(now, elapsed.toNanos(), ZoneId.of("UTC"));
  }

  /** At the full period: there is no interval that a node would have a place in. */
  static Section section(String name, int minutes) {
    Timing timing = new Timing(Duration.ofMinutes(minutes), Duration.ZERO, Duration.ZERO);
    return new Section(name, List.of("/bin/true"), timing, Section.DEFAULT_LONGEST, 1);
  }
}
