package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
  private static final String DEAD = "127.0.0.9";
  private static final By TRIGGER = By.xpath("//button[.='Trigger agent']");
  private static final By OUTPUT = By.cssSelector("[role=log]");
  private static final By STATE = By.cssSelector(".head .state");

  @TempDir private Path folder = Path.of("");

  /** One demo for all of it: that takes some seconds to start. */
  @Test
  void signsInTriggersReloadsWatchesTwiceCancelsAndTellsAFailure() throws Exception {
    try (Chromium chromium = Chromium.start(folder.resolve("profile"));
        DemoProcess demo = DemoProcess.start(folder.resolve("state"), "1").awaitReady()) {
      signIn(chromium, demo.file().at("/webapp"));
      chromium.click(By.linkText(NODE));
      chromium.click(TRIGGER);
      chromium.seeText(OUTPUT, "Start execution");
      demo.holdAgents();
      assertThat(chromium.text(OUTPUT)).doesNotContain("End execution");
      assertThat(chromium.text(STATE)).isEqualTo("Running");
      sameAfterAReloadAndInASecondWindow(chromium);
      demo.letAgentsGoOn();
      chromium.seeText(OUTPUT, "X11Forwarding was yes");
      takePicture(chromium);
      chromium.seeText(STATE, "Finished with exit status 0");
      chromium.seeText(OUTPUT, "End execution");
      assertThat(chromium.text(OUTPUT)).contains("Start execution");

      chromium.click(By.xpath("//button[.='Run again']"));
      chromium.seeText(STATE, "Running");
      chromium.seeText(OUTPUT, "Start execution");
      chromium.click(By.xpath("//button[.='Cancel']"));
      chromium.seeText(STATE, "Stopped");
      assertThat(chromium.text(OUTPUT)).doesNotContain("End execution");
      chromium.see(By.xpath("//button[.='Run again']"));

      addDeadNode(demo.file());
      chromium.click(By.linkText("Nodes"));
      chromium.click(By.linkText(DEAD));
      chromium.click(TRIGGER);
      chromium.seeText(STATE, "Failed");
      assertThat(chromium.text(By.cssSelector("main .problem:not([hidden])")))
          .startsWith("relay root\n")
          .contains(DEAD, "Check that the machine is up");
      assertThat(chromium.complaints()).isEmpty();
    }
  }

  private static void signIn(Chromium chromium, JsonNode webapp) {
    chromium.open(webapp.at("/url").asString() + "/#/");
    chromium.see(By.id("token")).sendKeys("not the token");
    chromium.click(By.id("submit"));
    chromium.seeText(By.id("message"), "Wrong name, password or token.");
    chromium.see(By.id("token")).sendKeys(webapp.at("/token").asString());
    chromium.click(By.id("submit"));
    chromium.see(By.id("filter"));
  }

  private static void sameAfterAReloadAndInASecondWindow(Chromium chromium) {
    chromium.reload();
    chromium.seeText(OUTPUT, "Start execution");
    assertThat(chromium.text(STATE)).isEqualTo("Running");
    chromium.openInNewWindow(chromium.address());
    chromium.seeText(OUTPUT, "Start execution");
    assertThat(chromium.text(STATE)).isEqualTo("Running");
    chromium.closeWindow();
  }

  /** A node of the root server's at whose address nobody listens. */
  private static void addDeadNode(JsonNode demo) throws Exception {
    JsonNode root = demo.at("/relays/0");
    Path list = Path.of(root.at("/state").asString(), "nodeslist.json");
    ObjectNode nodes = (ObjectNode) JsonMapper.shared().readTree(Files.readString(list));
    nodes
        .putObject("dead")
        .put("hostname", DEAD)
        .put("policy-server", root.at("/id").asString())
        .put("key-hash", nodes.at("/root/key-hash").asString());
    Files.writeString(list, nodes.toString());
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest reload =
          HttpRequest.newBuilder(URI.create(root.at("/url").asString() + "/system/reload"))
              .header("Authorization", "Bearer " + root.at("/token").asString())
              .POST(BodyPublishers.noBody())
              .build();
      assertThat(http.send(reload, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  private static void takePicture(Chromium chromium) throws IOException {
    if (System.getProperty("screenshot") != null) {
      Path project = Path.of(System.getProperty("project.folder"));
      chromium.screenshot(project.resolve("docs/images/node-page.png"));
    }
  }
}
