package io.remoterun.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.Detour;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, against a relay that says each event when the test tells it to. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
class PageIT {
  private static final NodeId NODE = new NodeId("n1");
  private static final By TRIGGER = By.xpath("//button[.='Trigger agent']");
  private static final By INVENTORY = By.xpath("//button[.='Trigger agent inventory']");
  private static final By CANCEL = By.xpath("//button[.='Cancel']");
  private static final By STATE = By.cssSelector(".head .state");
  private static final By OUTPUT = By.cssSelector("[role=log]");
  private static final By PROBLEM = By.cssSelector("main .problem:not([hidden])");
  private static final By LINK = By.cssSelector(".link");
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
    By names = By.cssSelector(".nodes tbody th");
    chromium.seeText(names, "server.example");
    assertThat(chromium.all(names))
        .extracting(WebElement::getText)
        .containsExactly("server.example", "relay.example", "one.example", "two.example");
    chromium.see(By.tagName("body")).sendKeys("/");
    chromium.see(By.id("filter")).sendKeys("Relay.");
    chromium.seeText(By.cssSelector(".count"), "2 of 4 nodes");
    assertThat(chromium.all(names))
        .extracting(WebElement::getText)
        .containsExactly("relay.example", "one.example");
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
    asked.says(new RunEvent.Started(NODE, "rudder agent run -R")).says(output("first line\n"));
    chromium.seeText(OUTPUT, "first line");
    chromium.seeText(STATE, "Running");
    chromium.seeText(By.cssSelector(".facts"), "rudder agent run -R");
    // The first line is on the screen, and only now does the agent print the last one.
    asked.says(output("last line\n")).says(finished(0)).end();

    chromium.seeText(STATE, "Finished with exit status 0");
    chromium.seeExactly(OUTPUT, "first line\nlast line");
    chromium.see(By.xpath("//button[.='Run again']"));
    assertThat(asked.form()).doesNotContain("classes=");
  }

  @Test
  void aRunIsTheSameFromItsFirstLineOnAfterAReloadAndInASecondWindow() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked().says(output("first line\n"));
    chromium.seeText(OUTPUT, "first line");
    String address = chromium.address();
    chromium.reload();
    chromium.seeText(OUTPUT, "first line");
    assertThat(chromium.address()).isEqualTo(address);

    chromium.openInNewWindow(address);
    chromium.seeText(OUTPUT, "first line");
    asked.says(output("second line\n"));
    chromium.seeText(OUTPUT, "first line\nsecond line");
    chromium.closeWindow();
    chromium.seeText(OUTPUT, "first line\nsecond line");
    asked.says(finished(0)).end();
    chromium.seeText(STATE, "Finished with exit status 0");
    assertThat(relay.wasAsked()).as("more than one run").isFalse();
  }

  @Test
  void nothingIsMissingAfterALostConnection() throws Exception {
    try (Detour detour = Detour.to(webapp.address())) {
      openNode();
      chromium.click(TRIGGER);
      ScriptedRelay.Asked asked = relay.asked().says(output("before\n"));
      chromium.seeText(OUTPUT, "before");
      String fragment = chromium.address().substring(webapp.url().length());
      chromium.open("http://127.0.0.1:" + detour.address().getPort() + fragment);
      chromium.seeText(OUTPUT, "before");

      detour.refuse();
      chromium.seeText(LINK, "The connection was lost; the run goes on.");
      asked.says(output("meanwhile\n"));
      detour.admit();
      chromium.seeText(LINK, "Connected again: nothing is missing.");
      asked.says(output("after\n")).says(finished(0)).end();
      chromium.seeText(STATE, "Finished with exit status 0");
      chromium.seeExactly(OUTPUT, "before\nmeanwhile\nafter");
    }
  }

  @Test
  void cancels() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked().says(output("at work\n"));
    chromium.seeText(OUTPUT, "at work");
    chromium.click(CANCEL);
    ScriptedRelay.Asked cancel = relay.asked();
    assertThat(cancel.path()).contains("/remote-run/runs/");
    chromium.seeText(STATE, "Cancelling");
    cancel.end();
    asked.says(failed(RunFailure.Kind.STOPPED, "the agent was stopped")).end();
    chromium.seeText(STATE, "Stopped");
    chromium.seeText(By.cssSelector(".facts"), "Cancelled by");
    chromium.seeExactly(OUTPUT, "at work");
  }

  @Test
  void conditionsAreSentAndCheckedBefore() throws Exception {
    openNode();
    chromium.see(By.cssSelector("[data-slot=conditions]")).sendKeys("one, _two");
    chromium.click(TRIGGER);
    assertThat(
            chromium.holds("document.querySelector('[data-slot=conditions]').matches(':invalid')"))
        .isTrue();
    chromium
        .see(By.cssSelector("[data-slot=conditions]"))
        .sendKeys(Keys.BACK_SPACE.toString().repeat(4), "two");
    chromium.click(INVENTORY);
    ScriptedRelay.Asked asked = relay.asked();
    assertThat(URLDecoder.decode(asked.form(), UTF_8)).contains("force_inventory,one,two");
    asked.says(finished(1)).end();
    chromium.seeText(STATE, "Finished with exit status 1");
    chromium.see(By.xpath("//button[.='Retry']"));
  }

  @Test
  void anAgentThatWasKilledHasFailed() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay.asked().says(new RunEvent.Finished(NODE, new ExitStatus.Killed())).end();
    chromium.seeText(STATE, "Ended without an exit status: killed, it seems");
    chromium.see(By.cssSelector(".state[data-state=agentError]"));
  }

  @Test
  void goesOnShowingARunThatWasLeftAndComeBackTo() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked().says(output("before\n"));
    chromium.seeText(OUTPUT, "before");
    chromium.click(By.linkText("Nodes"));
    By last =
        By.xpath("//tr[contains(th, 'one.example')]//td[@class='last']//a[contains(., 'running')]");
    chromium.see(last);
    asked.says(output("meanwhile\n"));
    chromium.click(last);
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
        .startsWith("relay r1\nconnection refused\nCheck that the machine is up");
    chromium.see(By.xpath("//button[.='Retry']"));
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
    chromium.seeExactly(OUTPUT, "some output");
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
    assertThat(line.getText()).doesNotContain("@@").contains("Package vim", "No vim");
    assertThat(chromium.holds("document.querySelector('.part-state').dataset.word === 'error'"))
        .isTrue();
    assertThat(chromium.text(By.cssSelector(".counts"))).isEqualTo("1 error");
    chromium.click(By.cssSelector(".compact-box input"));
    assertThat(line.getText()).isEqualTo(report);
    chromium.click(By.cssSelector(".compact-box input"));
  }

  @Test
  void whatAgentsPrintIsTextAndNothingElse() throws Exception {
    String attack = "<img src=x onerror=\"document.title='broken'\"><script>1</script>";
    openNode();
    chromium.click(TRIGGER);
    byte[] bytes = {(byte) 0xe2, (byte) 0x82};
    byte[] rest = {(byte) 0xac, 0, 7, '\r', '\n'};
    relay
        .asked()
        .says(output(attack + "\n"))
        .says(new RunEvent.Output(NODE, OutputBytes.copyOf(bytes)))
        .says(new RunEvent.Output(NODE, OutputBytes.copyOf(rest)))
        .says(finished(0))
        .end();
    chromium.seeText(STATE, "Finished");
    chromium.seeExactly(OUTPUT, attack + "\n\u20ac\u2400\u2407");
    assertThat(chromium.all(By.cssSelector("[role=log] img, [role=log] script"))).isEmpty();
  }

  @Test
  void coloursAreShownWithoutWhatOnlyTerminalsNeed() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay
        .asked()
        .says(output("a \u001b[1;31mred\u001b[0m word\n\u001b]0;title\u0007\u001b[2Kplain\n"))
        .says(finished(0))
        .end();
    chromium.seeText(STATE, "Finished");
    chromium.seeExactly(OUTPUT, "a red word\nplain");
    assertThat(chromium.text(By.cssSelector("[role=log] .fg-red.is-bold"))).isEqualTo("red");
  }

  @Test
  void searchesTheOutput() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked =
        relay.asked().says(output("line\n".repeat(200) + "A Needle\n" + "line\n".repeat(200)));
    By found = By.cssSelector(".find [role=status]");
    chromium.seeText(By.cssSelector(".line-count"), "401 lines");
    chromium.see(By.tagName("body")).sendKeys("/");
    chromium.see(By.id("find")).sendKeys("needle");
    chromium.seeText(found, "1 of 1");
    chromium.seeExactly(By.cssSelector(".line.current mark"), "Needle");
    asked.says(output("another needle\n")).says(finished(0)).end();
    chromium.seeText(found, "1 of 2");
    chromium.see(By.id("find")).sendKeys(Keys.ENTER);
    chromium.seeText(By.cssSelector(".line.current"), "another needle");
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
    chromium.seeText(By.cssSelector(".line-count"), "202 lines");
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
    chromium.seeText(By.id("message"), "Wrong name, password or token.");
    chromium.see(By.id("token")).sendKeys(webapp.token());
    chromium.click(By.id("submit"));
    chromium.seeText(By.tagName("h1"), "one.example");
  }

  @Test
  void saysThatANodeOrARunDoesNotExist() {
    chromium.open(webapp.url() + "/#/nodes/n3");
    chromium.seeText(PROBLEM, "The node list has no node with the id n3");
    chromium.seeText(By.cssSelector("main .problem a"), "Nodes");
    chromium.open(webapp.url() + "/#/runs/00000000-0000-4000-8000-000000000000");
    chromium.seeText(PROBLEM, "Unknown run");
    chromium.click(By.cssSelector("main .problem a"));
    chromium.seeText(By.tagName("h1"), "Runs");
  }

  @Test
  void historyIsFilteredByItsAddress() throws Exception {
    openNode();
    chromium.click(TRIGGER);
    relay.asked().says(finished(0)).end();
    chromium.seeText(STATE, "Finished");
    chromium.see(By.tagName("body")).sendKeys("gr");
    chromium.seeText(By.cssSelector(".runs tbody th"), "one.example");
    chromium.open(webapp.url() + "/#/runs?by=nobody");
    chromium.seeText(By.cssSelector(".nothing"), "No run matches.");
  }

  @Test
  void themeIsThePersonsOrTheSystems() {
    By button = By.id("theme");
    String back = "getComputedStyle(document.body).backgroundColor";
    chromium.prefersDark(false);
    assertThat(chromium.holds(back + " === 'rgb(244, 246, 248)'")).isTrue();
    chromium.prefersDark(true);
    assertThat(chromium.holds(back + " === 'rgb(14, 20, 26)'")).isTrue();
    chromium.click(button);
    assertThat(chromium.see(button).getAccessibleName()).isEqualTo("Theme: light");
    assertThat(chromium.holds(back + " === 'rgb(244, 246, 248)'")).isTrue();
    chromium.click(button);
    chromium.click(button);
    chromium.prefersDark(false);
  }

  private static void openNode() {
    chromium.click(By.linkText("one.example"));
    chromium.see(TRIGGER);
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
