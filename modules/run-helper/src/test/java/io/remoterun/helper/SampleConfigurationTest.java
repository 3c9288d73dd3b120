package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.process.RootOwned;
import io.remoterun.testkit.HelperSocket;
import io.remoterun.testkit.InstalledHelper;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in config for the helper and for systemd. */
class SampleConfigurationTest {
  private static final Path CONFIG = InstalledHelper.configuration();

  /**
   * Whatever agents leave behind, and however often another job runs: there is one for the agent.
   */
  @Test
  void theSocketLetsThereBeMoreHelpersThanReadWhatAgentsHaveLeftBehind() throws IOException {
    String most = HelperSocket.unit("remote-run-helper.socket", "MaxConnections");

    assertThat(Integer.parseInt(most)).isGreaterThan(HelperRun.MOST_LEFT + RunHelper.MOST_AT_ONCE);
  }

  /** Only a booted systemd would show it, and that is not to be had here. */
  @Test
  void aDaemonThatTheAgentHasStartedOutlivesItsHelper() throws IOException {
    assertThat(HelperSocket.unit("remote-run-helper@.service", "KillMode")).isEqualTo("process");
    assertThat(HelperSocket.unit("remote-run-helper@.service", "SendSIGHUP")).isEqualTo("no");
  }

  /** The comment shows how a script is run: so it has to be a program that the helper takes. */
  @Test
  void theExampleOfAnInterpreterIsOneThatTheHelperTakes() throws IOException {
    Matcher example =
        Pattern.compile("the script in \"(/\\S+) (/\\S+)\"")
            .matcher(Files.readString(CONFIG.resolve("run-helper.conf")));
    assertThat(example.find()).isTrue();

    RootOwned.check(List.of(example.group(1), example.group(2)));
  }

  @Test
  void theAuditLogIsRotated() throws IOException {
    String settings = Files.readString(CONFIG.resolve("run-helper.conf"));
    String folder = settings.replaceAll("(?s).*\nfolder = (\\S+)\n.*", "$1");

    assertThat(CONFIG.resolve("logrotate.d/remote-run"))
        .content()
        .contains("\n" + folder + "/audit.log {\n");
  }

  @Nested
  @NeedsProgram(
      value = {"systemd-analyze"},
      debianPackage = "systemd")
  class Units {
    /** relayd has 8.8, cf-serverd 9.6; 1.5 at most. */
    @Test
    void theNodesExposureIsLow() throws IOException {
      String unit = CONFIG.resolve("systemd/remote-run-node.service").toString();

      assertThat(
              InstalledHelper.run(
                  "systemd-analyze", "security", "--offline=true", "--threshold=15", unit))
          .contains("Overall exposure level for remote-run-node.service");
    }

    @Test
    void systemdUnderstandsEachLine(@TempDir Path folder) throws IOException {
      List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
      try (DirectoryStream<Path> units =
          Files.newDirectoryStream(CONFIG.resolve("systemd"), "*.{service,socket}")) {
        for (Path unit : units) {
          // Programs have to be there.
          String text = Files.readString(unit).replaceAll("ExecStart=/\\S+", "ExecStart=/bin/true");
          command.add("" + Files.writeString(folder.resolve(unit.getFileName()), text));
        }
      }

      assertThat(InstalledHelper.run(command.toArray(String[]::new)).lines())
          .filteredOn(line -> line.contains("remote-run"))
          .isEmpty();
    }
  }

  @Nested
  @NeedsRoot
  class Settings {
    /** There are no others that would be used without it. */
    @Test
    void theSampleHasAllKeys() throws IOException {
      try (InstalledHelper helper = InstalledHelper.install(RunHelper.class)) {
        Files.copy(
            CONFIG.resolve("run-helper.conf"),
            helper.settingsFile(),
            StandardCopyOption.REPLACE_EXISTING);
        HelperSettings sample = HelperSettings.read(helper.settingsFile());

        assertThat(sample.value("user")).isEqualTo("remote-run");
        assertThat(sample.value("job.agent")).isEqualTo("/opt/rudder/bin/rudder agent run -R");
        assertThat(sample.value("job.inventory"))
            .isEqualTo("/opt/rudder/bin/rudder agent inventory");
        assertThat(sample.value("conditions")).isEqualTo("force_inventory info debug trace");
        assertThat(sample.path("disable-file")).isEqualTo(Path.of("/opt/rudder/etc/disable-agent"));
        assertThat(sample.path("folder")).isEqualTo(Path.of("/var/lib/remote-run-helper"));
        assertThat(sample.seconds("max-duration")).isEqualTo(Duration.ofHours(2));
        assertThat(sample.seconds("grace")).isEqualTo(Duration.ofSeconds(5));
        assertThat(sample.seconds("drain")).isEqualTo(Duration.ofMinutes(10));
      }
    }
  }
}
