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
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, against a relay that says each event when the test tells it to. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
@ExtendWith(LeakCheck.class)
class PageIT {
  private static final NodeId NODE = new NodeId("n1");
  private static final By TRIGGER = By.xpath("//button[.='Trigger agent']");
  private static final By INVENTORY = By.xpath("//button[.='Trigger agent inventory']");
  private static final By STATE = By.cssSelector(".run [role=status]");
  private static final By OUTPUT = By.cssSelector("[role=log]");
  private static final By PROBLEM = By.cssSelector(".problem");
  private static final By TO_END = By.cssSelector(".to-end");

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
  void signIn() {
    relay.reset();
    chromium.open("about:blank");
    chromium.open(webapp.url() + "/login#token=" + webapp.token());
    chromium.click(By.id("submit"));
    chromium.see(By.id("filter"));
  }

  @AfterEach
  void scriptsAndPolicyHadNothingToComplainOf() {
    // A failed request is told there by the browser itself.
    assertThat(chromium.complaints()).allMatch(line -> line.contains("Failed to load resource"));
  }

  @Test
  void takesTheTokenOutOfTheAddress() {
    chromium.open("about:blank");
    chromium.open(webapp.url() + "/login#token=" + webapp.token());
    assertThat(chromium.see(By.id("token")).getDomProperty("value")).isEqualTo(webapp.token());
    assertThat(chromium.address()).isEqualTo(webapp.url() + "/login");
  }

  @Test
  void listsAndFiltersNodes() {
    By rows = By.cssSelector(".nodes tbody tr");
    assertThat(chromium.all(rows))
        .extracting(WebElement::getText)
        .containsExactly(
            "server.example root",
            "relay.example server.example r1",
            "one.example relay.example n1",
            "two.example server.example n2");
    chromium.see(By.tagName("body")).sendKeys("/");
    chromium.see(By.id("filter")).sendKeys("Relay.");
    chromium.seeText(By.cssSelector(".count"), "2 of 4 nodes");
    assertThat(chromium.all(rows))
        .extracting(WebElement::getText)
        .containsExactly("relay.example server.example r1", "one.example relay.example n1");
    chromium.see(By.id("filter")).clear();
    chromium.see(By.id("filter")).sendKeys("nothing");
    chromium.seeText(By.cssSelector(".nothing"), "No node matches the filter.");
    chromium.see(By.id("filter")).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    chromium.seeText(By.cssSelector(".count"), "4 nodes");
  }

  @Test
  void showsOutputWhileTheAgentRuns() throws Exception {
    openNode();
    assertThat(chromium.text(By.cssSelector(".way")).split("\\s+"))
        .containsExactly("server.example", "relay.example", "one.example");
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked();
    chromium.seeText(STATE, "Waiting for the node");
    assertThat(chromium.see(TRIGGER).isEnabled()).isFalse();
    assertThat(chromium.see(INVENTORY).isEnabled()).isFalse();

    asked.says(new RunEvent.Started(NODE, "rudder agent run -R")).says(output("first line\n"));
    chromium.seeText(OUTPUT, "first line");
    chromium.seeText(STATE, "Running");
    chromium.seeText(By.cssSelector(".run footer"), "rudder agent run -R");
    // The first line is on the screen, and only now does the agent print the last one.
    asked.says(output("last line\n")).says(finished(0)).end();

    chromium.seeText(STATE, "Finished with exit status 0");
    assertThat(chromium.text(OUTPUT)).isEqualTo("first line\nlast line");
    assertThat(chromium.see(TRIGGER).isEnabled()).isTrue();
    assertThat(asked.form()).doesNotContain("classes=");
  }

  @Test
  void inventoryIsACondition() throws Exception {
    openNode();
    chromium.click(INVENTORY);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(asked.form()).contains("classes=force_inventory");
    asked.says(finished(1)).end();
    chromium.seeText(STATE, "Finished with exit status 1");
  }

  @Test
  void anAgentThatWasKilledHasFailed() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay.asked().says(new RunEvent.Finished(NODE, new ExitStatus.Killed())).end();
    chromium.seeText(STATE, "Ended without an exit status: killed, it seems");
    chromium.see(By.cssSelector("[data-state=bad] .state"));
  }

  @Test
  void goesOnShowingARunThatWasLeftAndComeBackTo() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked().says(output("before\n"));
    chromium.seeText(OUTPUT, "before");
    chromium.click(By.linkText("Nodes"));
    chromium.seeText(By.xpath("//tr[contains(., 'one.example')]"), "running");
    asked.says(output("meanwhile\n"));
    chromium.click(By.linkText("one.example"));
    chromium.seeText(OUTPUT, "before\nmeanwhile");
    asked.says(finished(0)).end();
    chromium.seeText(STATE, "Finished with exit status 0");
  }

  @Test
  void saysWhyARunCouldNotStart() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay.asked().says(failed(RunFailure.Kind.UNREACHABLE, "connection refused")).end();
    chromium.seeText(STATE, "Failed");
    assertThat(chromium.text(PROBLEM))
        .startsWith("502 Bad Gateway\nrelay r1: connection refused (check that the machine is up");
    assertThat(chromium.see(TRIGGER).isEnabled()).isTrue();
  }

  @Test
  void saysWhyARunWasInterruptedAndKeepsItsOutput() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay
        .asked()
        .says(output("some output\n"))
        .says(failed(RunFailure.Kind.INTERRUPTED, "lost the connection"))
        .end();
    chromium.seeText(STATE, "Failed");
    assertThat(chromium.text(PROBLEM))
        .isEqualTo(
            "relay r1\nlost the connection\n"
                + "Look at the agent's own reports; the agent may have gone on.");
    assertThat(chromium.text(OUTPUT)).isEqualTo("some output");
  }

  @Test
  void showsReportsByTheirStateAndKeepsTheirText() throws Exception {
    String report =
        "R: @@ssh@@result_error@@r@@d@@0@@Package vim@@None@@2026-01-01 00:00:00+00:00##n1@#No vim";
    openNode();
    chromium.click(TRIGGER);
    relay.asked().says(output(report + "\n")).says(finished(0)).end();
    chromium.seeText(STATE, "Finished");
    WebElement line = chromium.see(By.cssSelector(".line.error"));
    assertThat(line.getDomProperty("textContent")).isEqualTo(report);
    assertThat(chromium.text(By.cssSelector(".counts"))).isEqualTo("1 error");
  }

  @Test
  void whatAgentsPrintIsTextAndNothingElse() throws Exception {
    String attack = "<img src=x onerror=\"document.title='broken'\"><script>1</script>";
    openNode();
    chromium.click(TRIGGER);
    byte[] bytes = {(byte) 0xe2, (byte) 0x82};
    byte[] rest = {(byte) 0xac, 0, 27, '\r', '\n'};
    relay
        .asked()
        .says(output(attack + "\n"))
        .says(new RunEvent.Output(NODE, OutputBytes.copyOf(bytes)))
        .says(new RunEvent.Output(NODE, OutputBytes.copyOf(rest)))
        .says(finished(0))
        .end();
    chromium.seeText(STATE, "Finished");
    assertThat(chromium.text(OUTPUT)).isEqualTo(attack + "\n\u20ac\u2400\u241b");
    assertThat(chromium.all(By.cssSelector("[role=log] img, [role=log] script"))).isEmpty();
  }

  @Test
  void followsTheOutputUntilTheUserScrollsUp() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked().says(output("line\n".repeat(200) + "A\n"));
    chromium.seeText(OUTPUT, "A");
    assertThat(isAtEnd()).isTrue();
    assertThat(chromium.all(TO_END)).noneMatch(WebElement::isDisplayed);

    chromium.see(OUTPUT).sendKeys(Keys.HOME);
    chromium.see(TO_END);
    asked.says(output("B\n"));
    chromium.seeText(OUTPUT, "B");
    assertThat(isAtEnd()).isFalse();

    chromium.click(TO_END);
    asked.says(output("C\n")).says(finished(0)).end();
    chromium.seeText(OUTPUT, "C");
    assertThat(isAtEnd()).isTrue();
  }

  @Test
  void signingInLeadsBackToWhatWasAskedFor() {
    chromium.click(By.xpath("//button[.='Sign out']"));
    chromium.seeText(By.id("message"), "You are signed out.");
    chromium.open(webapp.url() + "/#/nodes/n1");
    chromium.see(By.id("token")).sendKeys("wrong");
    chromium.click(By.id("submit"));
    chromium.seeText(By.id("message"), "This is not the token, or not the password.");
    chromium.see(By.id("token")).sendKeys(webapp.token());
    chromium.click(By.id("submit"));
    chromium.seeText(By.tagName("h1"), "one.example");
  }

  @Test
  void saysThatANodeDoesNotExist() {
    chromium.open(webapp.url() + "/#/nodes/n3");
    chromium.seeText(PROBLEM, "The node list has no node with the id n3.");
  }

  private static void openNode() {
    chromium.click(By.linkText("one.example"));
    chromium.seeText(By.tagName("h1"), "one.example");
  }

  private static boolean isAtEnd() {
    return chromium.holds(
        "(e => e.scrollTop + e.clientHeight > e.scrollHeight - 2)"
            + "(document.querySelector('[role=log]'))");
  }

  private static RunEvent output(String text) {
    return new RunEvent.Output(NODE, OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(int code) {
    return new RunEvent.Finished(NODE, ExitStatus.code(code));
  }

  private static RunEvent failed(RunFailure.Kind kind, String reason) {
    return new RunEvent.Failed(NODE, new RunFailure(kind, "relay r1", reason));
  }
}
