package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.testing.Eventually;
import io.remoterun.testkit.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Its own thread; what that does when is the matter of {@link TimetableTest}. */
class ScheduleTest {
  private static final Problem REFUSED = new Problem("section x", "it is not run");

  @TempDir private Path folder = Path.of("");
  private final AtomicInteger defects = new AtomicInteger();
  private @Nullable Schedule schedule;

  private Schedule make() {
    Starts starts =
        new Starts() {
          @Override
          public void use(List<Section> sections) {
            if (defects.getAndDecrement() > 0) {
              throw new InternalError("as the test wants it");
            }
          }

          @Override
          public Outcome start(Section section, Consumer<String> inVain) {
            return new Outcome.Made();
          }

          @Override
          public boolean waits(Section section) {
            return false;
          }

          @Override
          public List<Problem> problems() {
            return List.of(REFUSED);
          }
        };
    Schedule made =
        new Schedule(
            new Schedule.Settings(true, new NodeId("n1"), file(), folder.resolve("last-starts")),
            List.of("/agent", "run"),
            starts,
            LoggerFactory.getLogger("schedule"));
    schedule = made;
    return made;
  }

  @AfterEach
  void stop() {
    if (schedule != null) {
      schedule.stop();
    }
  }

  private Path file() {
    return folder.resolve("agentd.conf");
  }

  /** Often, because its thread may be faster than whoever starts it. */
  @RepeatedTest(50)
  void runsTheAgentWhereThereIsNoFile() {
    Schedule made = make();
    made.start();

    awaitSections(made, "agent");
    assertThat(made.problems()).containsExactly(REFUSED);
    made.stop();
    assertThat(made.isRunning()).isFalse();
  }

  /** Who looks after a node wants to know how they end, whatever they are called. */
  @Test
  void knowsWhatRunsTheAgent() throws IOException {
    String sections = "[agent]\ncommand = \"/agent run -i\"\n[x]\ncommand = \"/agent run -u\"\n";
    Files.writeString(file(), sections + "[other]\ncommand = \"/agent inventory\"");
    Schedule made = make();
    made.start();
    awaitSections(made, "agent", "x", "other");

    assertThat(List.of("agent", "scheduled-agent", "x")).allMatch(made::runsAgent);
    assertThat(made.runsAgent("other")).isFalse();
  }

  @Test
  void readsTheFilesAgainWhenItIsAskedTo() throws IOException {
    Schedule made = make();
    made.start();
    awaitSections(made, "agent");
    Files.writeString(file(), "[hourly]\ncommand = \"/agent run\"\n[bad]\nperiod = 5");
    made.reload();

    awaitSections(made, "hourly");
    assertThat(made.problems()).hasSize(2).contains(REFUSED);
  }

  /** As where the machine has no thread for it for a moment. */
  @Test
  void goesOnAndReadsTheFilesAgainAfterAnError() {
    defects.set(1);
    try (CapturedLog log = CapturedLog.of("schedule")) {
      Schedule made = make();
      made.start();

      awaitSections(made, "agent");
      log.await("ERROR the schedule reads its files again after a defect");
    }
  }

  private static void awaitSections(Schedule made, String... names) {
    Eventually.await(
        "sections " + List.of(names),
        () -> made.entries().stream().map(Schedule.Entry::name).toList().equals(List.of(names)),
        made::entries);
  }
}
