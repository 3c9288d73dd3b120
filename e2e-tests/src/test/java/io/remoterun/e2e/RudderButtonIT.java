package io.remoterun.e2e;

import static io.remoterun.e2e.OpenPage.finished;
import static io.remoterun.e2e.OpenPage.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * A page that does exactly what {@code callRemoteRun} of Rudder's page does, with the session of
 * somebody who has signed in. A front end has it beside the webapp, as Rudder's page is beside
 * Rudder's API; Rudder's compliance, which is not ours, is a file there.
 */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
class RudderButtonIT {
  private static final String PAGE = "/rudder/secure/node.html";
  private static final String COMPLIANCE = "/rudder/secure/api/compliance/nodes/n1";
  private static final By OUTPUT = By.cssSelector("#report pre");
  private static final By RESULT = By.id("visibleDebug");
  private static final By AGENT = By.id("triggerBtn");
  private static final By INVENTORY = By.id("inventoryBtn");

  @TempDir static Path folder;
  private static OpenPage page;
  private static FrontEnd frontEnd;
  private static Chromium chromium;
  private static ScriptedRelay relay;

  @BeforeAll
  static void start() throws IOException {
    page = OpenPage.start(folder);
    frontEnd =
        FrontEnd.of(page.webapp().address(), "")
            .with(PAGE, "text/html", "rudder-node-page.html")
            .with("/rudder/secure/rudder-node-page.js", "text/javascript", "rudder-node-page.js")
            .with(COMPLIANCE, "application/json", "rudder-compliance.json");
    chromium = page.chromium();
    relay = page.relay();
  }

  @AfterAll
  static void stop() {
    if (frontEnd != null) {
      frontEnd.close();
    }
    if (page != null) {
      page.close();
    }
  }

  @BeforeEach
  void openPage() {
    relay.reset();
    page.signIn(frontEnd.url());
    chromium.open(frontEnd.url() + PAGE);
  }

  @AfterEach
  void browserHadNothingToComplainOf() {
    assertThat(chromium.complaints())
        .allMatch(line -> line.contains("Failed to load resource") || line.contains("favicon"));
  }

  @Test
  void triggerAgentShowsWhatTheAgentPrintsAndThenTheCompliance() throws Exception {
    chromium.click(AGENT);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).doesNotContain("classes=");
    asked
        .says(new RunEvent.Started(new NodeId("n1"), "rudder agent run -R"))
        .says(output("n1", "<b>it</b> runs\n"))
        .says(finished("n1", 0))
        .end();
    chromium.seeText(OUTPUT, "<b>it</b> runs");
    assertThat(chromium.text(RESULT)).isEqualTo("success");

    By compliance = By.id("compliance");
    chromium.seeText(compliance, "87.5 %");
    assertThat(frontEnd.wasAskedFor(COMPLIANCE)).isTrue();
    assertThat(Integer.parseInt(chromium.see(compliance).getDomAttribute("data-after")))
        .isGreaterThanOrEqualTo(5000);
  }

  @Test
  void triggerInventoryIsACondition() throws Exception {
    chromium.click(INVENTORY);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).contains("classes=force_inventory");
    asked.says(output("n1", "inventory sent\n")).says(finished("n1", 0)).end();
    chromium.seeText(OUTPUT, "inventory sent");
  }

  @Test
  void aFailureIsAnErrorWithItsStatusAndWords() throws Exception {
    chromium.click(AGENT);
    RunFailure why = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay r1", "connection refused");
    relay.asked().says(new RunEvent.Failed(new NodeId("n1"), why)).end();
    chromium.seeText(RESULT, "502 - Bad Gateway");
    chromium.seeText(OUTPUT, "relay r1: connection refused");
    assertThat(chromium.text(By.id("compliance"))).isEqualTo("unknown");
  }
}
