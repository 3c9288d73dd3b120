package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** People with different rights, in a real browser. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
class AccountsPageIT {
  private static final By WHO = By.id("who");
  private static final By PROBLEM = By.cssSelector("main .problem:not([hidden])");

  @TempDir static Path folder;
  private static Chromium chromium;
  private static ScriptedWebapp webapp;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.start(folder.resolve("profile"));
    webapp = ScriptedWebapp.start(folder);
    webapp.ask(
        "POST",
        "remote-run-accounts",
        "{\"name\":\"ada\",\"password\":\"a long enough"
            + " secret\",\"rights\":{\"run:read\":\"all\"}}");
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

  @Test
  void whoMayOnlyLookIsShownNoButtonsAndNoAudit() {
    signIn("ada", "a long enough secret");
    chromium.seeText(WHO, "ada");
    chromium.see(By.cssSelector(".nodes tbody th"));
    assertThat(chromium.all(By.cssSelector(".toolbar, [data-place=audit], .nodes input")))
        .noneMatch(WebElement::isDisplayed);
    chromium.click(By.linkText("one.example"));
    By trigger = By.xpath("//button[.='Trigger agent']");
    assertThat(chromium.see(trigger).isEnabled()).isFalse();
    assertThat(chromium.see(trigger).getDomAttribute("title")).contains("no right");

    chromium.open(webapp.url() + "/#/audit");
    chromium.seeText(PROBLEM, "403 Forbidden");
    chromium.seeText(PROBLEM, "Ask an administrator");
  }

  @Test
  void administratorsSeeAndVerifyWhatWasDone() throws Exception {
    webapp.ask("POST", "remote-runs", "{\"targets\":{\"all\":true}}");
    signIn("", webapp.token());
    chromium.seeText(WHO, "system");
    chromium.click(By.linkText("Audit"));
    chromium.seeText(By.cssSelector(".audit tbody"), "sign in");
    By details =
        By.xpath(
            "//td[@class='details'][contains(., 'all nodes: 4 nodes, no conditions, deadline ')]");
    assertThat(chromium.text(details)).doesNotContain("SHA-256");
    chromium.see(details).findElement(By.tagName("summary")).click();
    assertThat(chromium.text(details)).contains("4 nodes with SHA-256 ", ": n1 n2 r1 root");
    chromium.click(By.xpath("//button[.='Verify']"));
    chromium.seeText(By.cssSelector("[data-slot=verdict]"), "Intact");
    chromium.open(webapp.url() + "/#/audit?decision=refused&who=nobody-of-this-name");
    chromium.seeText(By.cssSelector(".nothing"), "No entry matches.");
  }

  private static void signIn(String name, String secret) {
    chromium.open(webapp.url() + "/login");
    chromium.see(By.id("name")).sendKeys(name);
    chromium.see(By.id("token")).sendKeys(secret);
    chromium.click(By.id("submit"));
  }
}
