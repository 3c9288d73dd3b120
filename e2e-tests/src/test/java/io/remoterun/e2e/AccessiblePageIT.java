package io.remoterun.e2e;

import static io.remoterun.e2e.OpenPage.OUTPUT;
import static io.remoterun.e2e.OpenPage.STATE;
import static io.remoterun.e2e.OpenPage.finished;
import static io.remoterun.e2e.OpenPage.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** Names for screen readers, keys, and contrast, in every view. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(180)
class AccessiblePageIT {
  /** What has to have a name: what can be used, and what one looks for. */
  private static final Set<String> NAMED =
      Set.of(
          "button",
          "checkbox",
          "combobox",
          "DisclosureTriangle",
          "heading",
          "image",
          "link",
          "log",
          "navigation",
          "progressbar",
          "searchbox",
          "spinbutton",
          "table",
          "textbox");

  /** Enough for text of any size. */
  private static final double ENOUGH_CONTRAST = 4.5;

  @TempDir static Path folder;
  private static OpenPage page;
  private static Chromium chromium;
  private static ScriptedRelay relay;

  /** A view by its address, and what is to be seen when it is complete. */
  private static final Map<String, By> VIEWS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    page = OpenPage.start(folder);
    chromium = page.chromium();
    relay = page.relay();
    page.signIn();
    page.webapp().ask("PUT", "remote-run-groups/web", "{\"nodes\":[\"n1\",\"n2\"]}");
    String colours =
        "\u001b[31mred\u001b[0m \u001b[1;33myellow\u001b[0m \u001b[90mgrey\u001b[0m"
            + " \u001b[7minverse\u001b[0m \u001b[42mon green\u001b[0m\n"
            + "error: no space left\nwarning: a bit\n";
    String one = begin("n1");
    ScriptedRelay.Asked asked = relay.asked().says(output("n1", colours));
    for (String state : List.of("success", "repaired", "error", "na")) {
      asked.says(
          output(
              "n1",
              "R: @@ssh@@result_%s@@r@@d@@0@@Package vim@@None@@2026##n1@#It is so%n"
                  .formatted(state)));
    }
    asked.says(finished("n1", 1)).end();
    String many = begin("n1\",\"n2\",\"r1");
    RunFailure failure = new RunFailure(RunFailure.Kind.UNREACHABLE, "relay r1", "refused");
    relay
        .asked()
        .says(output("n1", "error: no space left\n"))
        .says(finished("n1", 1))
        .says(finished("n2", 0))
        .says(new RunEvent.Failed(new NodeId("r1"), failure))
        .end();
    VIEWS.put("#/", By.cssSelector(".nodes .badge"));
    VIEWS.put("#/nodes/n1", By.cssSelector(".runs .badge"));
    VIEWS.put("#/runs", By.cssSelector(".runs tbody th"));
    VIEWS.put("#/audit", By.cssSelector(".audit tbody th"));
    VIEWS.put("#/runs/" + one, By.cssSelector("[role=log] .line.error"));
    VIEWS.put("#/runs/" + many, By.cssSelector(".alike li"));
    VIEWS.put("#/runs/" + many + "/nodes/n1", By.cssSelector("[role=log] .line"));
    VIEWS.put("#/nothing", By.cssSelector("main .problem"));
  }

  private static String begin(String nodes) throws Exception {
    String order = "{\"targets\":{\"nodes\":[\"%s\"]}}".formatted(nodes);
    return page.webapp().ask("POST", "remote-runs", order).at("/data/id").asString();
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
  }

  private static void open(String view) {
    page.go(view);
    chromium.see(Objects.requireNonNull(VIEWS.get(view)));
  }

  @Test
  void everyControlOfEveryViewHasAName() {
    page.signIn();
    List<String> nameless = new ArrayList<>();
    int named = 0;
    for (String view : VIEWS.keySet()) {
      open(view);
      for (Chromium.Heard heard : chromium.heard()) {
        if (NAMED.contains(heard.role())) {
          named++;
          if (heard.name().isBlank()) {
            nameless.add(view + ": " + heard.role());
          }
        }
      }
      // A placeholder is gone when it is needed, and the browser would count it as a name.
      assertThat(
              chromium.holds(
                  "[...document.querySelectorAll('main :is(input, select)')]"
                      + ".every((one) => one.labels.length || one.ariaLabel)"))
          .as("labels in " + view)
          .isTrue();
    }
    assertThat(nameless).isEmpty();
    assertThat(named).isGreaterThan(100);
  }

  @Test
  void textIsReadableInBothThemes() throws Exception {
    String measure = resource("contrast.js");
    page.signIn();
    for (boolean isDark : new boolean[] {false, true}) {
      chromium.prefersDark(isDark);
      for (String view : VIEWS.keySet()) {
        open(view);
        assertThat(chromium.run(measure + "return tooFaint(" + ENOUGH_CONTRAST + ")"))
            .as(view + (isDark ? " dark" : " light"))
            .isEqualTo(List.of());
      }
    }
    chromium.prefersDark(false);
  }

  private static String resource(String name) throws IOException {
    try (InputStream file = AccessiblePageIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void tabGoesThroughThePageInItsOrderAndIsSeen() {
    page.signIn();
    open("#/");
    chromium.reload();
    chromium.see(By.cssSelector(".nodes tbody th"));
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      chromium.press(Keys.TAB);
      names.add(Chromium.nameOf(chromium.focused()));
      assertThat(
              chromium.holds(
                  "(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)"
                      + "(getComputedStyle(document.activeElement))"))
          .as("focus on " + names.getLast())
          .isTrue();
    }
    assertThat(names)
        .startsWith("Skip to the content", "Remote Run", "Nodes", "Runs", "Audit", "API")
        .containsSubsequence(
            "Keyboard shortcuts",
            "Theme: auto",
            "Sign out",
            "Group",
            "Filter nodes",
            "Options",
            "Select all that are listed",
            "Node",
            "Policy server",
            "State",
            "Last run",
            "Id",
            "Select server.example");
  }

  @Test
  void questionMarkShowsTheKeysWhichCanBeSwitchedOff() {
    By help = By.id("help");
    page.signIn();
    open("#/runs");
    chromium.press("?");
    chromium.seeText(help, "Follow the end of the output");
    chromium.press(Keys.ESCAPE);
    chromium.wait(driver -> !chromium.all(help).getFirst().isDisplayed());

    chromium.click(By.id("shortcuts"));
    chromium.click(By.cssSelector("#help input"));
    chromium.click(By.cssSelector("#help button"));
    chromium.press("gn?");
    assertThat(chromium.address()).endsWith("#/runs");
    assertThat(chromium.all(help).getFirst().isDisplayed()).isFalse();
    chromium.click(By.id("shortcuts"));
    chromium.click(By.cssSelector("#help input"));
    chromium.click(By.cssSelector("#help button"));
    chromium.press("gn");
    chromium.see(By.id("filter"));
  }

  @Test
  void fFollowsTheEndOfTheOutput() throws Exception {
    page.signIn();
    String run = begin("n2");
    ScriptedRelay.Asked asked = relay.asked().says(output("n2", "line\n".repeat(300)));
    page.go("#/runs/" + run);
    chromium.seeText(By.cssSelector(".line-count"), "300 lines");
    chromium.see(OUTPUT).sendKeys(Keys.HOME);
    chromium.see(By.cssSelector(".to-end"));
    chromium.wait(driver -> chromium.holds("document.activeElement.scrollTop === 0"));
    chromium.press("f");
    asked.says(output("n2", "the last one\n")).says(finished("n2", 0)).end();
    chromium.seeText(OUTPUT, "the last one");
    chromium.seeText(STATE, "Finished");
  }

  @Test
  void whoeverScrollsUpALittleStaysThere() throws Exception {
    page.signIn();
    String run = begin("n2");
    ScriptedRelay.Asked asked = relay.asked().says(output("n2", "line\n".repeat(300)));
    page.go("#/runs/" + run);
    chromium.seeText(By.cssSelector(".line-count"), "300 lines");
    String pane = "document.querySelector('[role=log]')";
    chromium.wait(driver -> chromium.holds(pane + ".scrollTop > 1000"));
    chromium.run("window.place = (%s.scrollTop -= 10)".formatted(pane));
    chromium.see(By.cssSelector(".to-end"));
    asked.says(output("n2", "the last one\n")).says(finished("n2", 0)).end();
    chromium.seeText(By.cssSelector(".line-count"), "301 lines");
    chromium.seeText(STATE, "Finished");
    assertThat(chromium.holds(pane + ".scrollTop === window.place")).isTrue();
  }
}
