package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.LeakCheck;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * The two buttons of Rudder's own page, which do in a browser what {@code callRemoteRun} does
 * there, with the session of somebody who has signed in.
 */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
@ExtendWith(LeakCheck.class)
class RudderButtonIT {
  private static final NodeId NODE = new NodeId("n1");
  private static final By OUTPUT = By.cssSelector("#report pre");
  private static final By AGENT = By.id("triggerBtn");
  private static final By INVENTORY = By.id("inventoryBtn");

  @TempDir static Path folder;
  private static Chromium chromium;
  private static ScriptedWebapp webapp;
  private static ScriptedRelay relay;

  @BeforeAll
  static void start() throws IOException {
    chromium = Chromium.start(folder.resolve("profile"));
    webapp = ScriptedWebapp.start(folder);
    relay = webapp.relay();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (webapp != null) {
      webapp.close();
    }
  }

  @BeforeEach
  void openPage() {
    relay.reset();
    chromium.open("about:blank");
    chromium.open(webapp.url() + "/login#token=" + webapp.token());
    chromium.click(By.id("submit"));
    chromium.see(By.id("filter"));
    chromium.run(script());
  }

  private static String script() {
    try (InputStream script = RudderButtonIT.class.getResourceAsStream("rudder-button.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void triggerAgentShowsWhatTheAgentPrints() throws Exception {
    chromium.click(AGENT);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).doesNotContain("classes=");
    asked
        .says(new RunEvent.Started(NODE, "rudder agent run -R"))
        .says(new RunEvent.Output(NODE, OutputBytes.ofUtf8("<b>it</b> runs\n")))
        .says(new RunEvent.Finished(NODE, ExitStatus.code(0)))
        .end();
    chromium.seeText(OUTPUT, "<b>it</b> runs");
    assertThat(chromium.text(By.id("visibleDebug"))).isEqualTo("success");
  }

  @Test
  void triggerInventoryIsACondition() throws Exception {
    chromium.click(INVENTORY);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).contains("classes=force_inventory");
    asked
        .says(new RunEvent.Output(NODE, OutputBytes.ofUtf8("inventory sent\n")))
        .says(new RunEvent.Finished(NODE, ExitStatus.code(0)))
        .end();
    chromium.seeText(OUTPUT, "inventory sent");
  }

  @Test
  void aFailureIsAnError() throws Exception {
    chromium.click(AGENT);
    RunFailure why = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay r1", "connection refused");
    relay.asked().says(new RunEvent.Failed(NODE, why)).end();
    chromium.seeText(By.id("visibleDebug"), "502 - Bad Gateway");
    chromium.seeText(OUTPUT, "relay r1: connection refused");
  }
}
