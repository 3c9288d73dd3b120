package io.remoterun.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.node.agent.AgentLauncher;
import io.remoterun.testkit.InstalledHelper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of config for the schedule and for the helper go together. */
class SampleScheduleTest {
  @TempDir private Path folder = Path.of("");

  private static final Path CONFIG = InstalledHelper.configuration();
  private static final List<String> AGENT = List.of("/opt/rudder/bin/rudder", "agent", "run", "-R");

  @Test
  void theHelperIsAllowedToRunWhatIsScheduled() throws IOException {
    Properties helper = new Properties();
    try (Reader reader = Files.newBufferedReader(CONFIG.resolve("run-helper.conf"))) {
      helper.load(reader);
    }
    AgentdConf conf = AgentdConf.read(installed());

    assertThat(conf.problems()).isEmpty();
    assertThat(conf.sections()).extracting(Section::name).containsExactly("agent", "inventory");
    for (Section section : conf.sections()) {
      Job job = Job.of(section, AGENT);
      assertThat(helper.getProperty("job." + job.name()))
          .as(section.name())
          .isEqualTo(String.join(" ", section.command()));
    }
    assertThat(helper.getProperty("job." + AgentLauncher.AGENT)).isEqualTo(String.join(" ", AGENT));
  }

  @Test
  void theSampleRunsTheAgent() throws IOException {
    Plan plan = Plan.read(installed(), AGENT);

    assertThat(plan.problems()).isEmpty();
    assertThat(plan.sections()).anyMatch(section -> section.runsAgent(AGENT));
  }

  /** Whoever checked out the sources may be somebody else. */
  private Path installed() throws IOException {
    return Files.copy(CONFIG.resolve("agentd.conf"), folder.resolve("agentd.conf"));
  }
}
