package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import tools.jackson.databind.JsonNode;

/**
 * The page of the demo, in a real browser. With {@code -Dscreenshot} it takes README's picture:
 * {@code mvn verify -pl e2e-tests -am -Dit.test=DemoPageIT -Dscreenshot}.
 */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(300)
class DemoPageIT {
  private static final String NODE = "shop.paris.demo.example";
  private static final By OUTPUT = By.cssSelector("[role=log]");
  private static final By STATE = By.cssSelector(".head .state");

  @TempDir private Path folder = Path.of("");

  @Test
  void showsARunBehindARelayWhileTheAgentPrints() throws IOException {
    try (Chromium chromium = Chromium.start(folder.resolve("profile"));
        DemoProcess demo = DemoProcess.start(folder.resolve("state"), "0.5").awaitReady()) {
      JsonNode webapp = demo.file().at("/webapp");
      chromium.open(
          webapp.at("/url").asString() + "/login#token=" + webapp.at("/token").asString());
      chromium.click(By.id("submit"));
      chromium.click(By.linkText(NODE));
      chromium.click(By.xpath("//button[.='Trigger agent']"));

      chromium.seeText(OUTPUT, "Start execution");
      assertThat(chromium.text(OUTPUT)).doesNotContain("End execution");
      assertThat(chromium.text(STATE)).isEqualTo("Running");
      chromium.seeText(OUTPUT, "X11Forwarding was yes");
      takePicture(chromium);

      chromium.seeText(STATE, "Finished with exit status 0");
      assertThat(chromium.text(OUTPUT)).contains("End execution");
    }
  }

  private static void takePicture(Chromium chromium) throws IOException {
    if (System.getProperty("screenshot") != null) {
      Path project = Path.of(System.getProperty("project.folder"));
      chromium.screenshot(project.resolve("docs/images/node-page.png"));
    }
  }
}
