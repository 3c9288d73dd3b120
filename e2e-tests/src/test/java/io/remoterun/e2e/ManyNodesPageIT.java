package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/**
 * Runs of a hundred nodes, and of a hundred thousand lines, in a real browser. With {@code
 * -Dscreenshot} it takes pictures for the documentation.
 */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(180)
class ManyNodesPageIT {
  private static final int NODES = 100;
  private static final By STATE = By.cssSelector(".head .state");
  private static final By BAR = By.cssSelector("[role=progressbar]");

  @TempDir static Path folder;
  private static Chromium chromium;
  private static ScriptedWebapp webapp;
  private static ScriptedRelay relay;

  @BeforeAll
  static void start() throws IOException {
    chromium = Chromium.start(folder.resolve("profile"));
    String others =
        IntStream.range(1, NODES)
            .mapToObj(ManyNodesPageIT::id)
            .map("\"%1$s\":{\"hostname\":\"%1$s.example\",\"policy-server\":\"root\"}"::formatted)
            .collect(Collectors.joining(",\n"));
    webapp =
        ScriptedWebapp.start(
            folder,
            "{\"root\":{\"hostname\":\"server.example\",\"policy-server\":\"root\"},%s}"
                .formatted(others));
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
    assertThat(chromium.complaints()).allMatch(line -> line.contains("Failed to load resource"));
  }

  @Test
  void aHundredNodesAreTriggeredComparedAndTriedAgain() throws Exception {
    ScriptedRelay.Asked asked = triggerAll();
    for (int i = 0; i < NODES; i++) {
      asked.says(new RunEvent.Started(node(i), "rudder agent run -R"));
    }
    for (int i = 0; i < 60; i++) {
      end(asked, i);
    }
    chromium.wait(driver -> "60".equals(chromium.see(BAR).getDomAttribute("aria-valuenow")));
    chromium.seeText(STATE, "Running");
    takePicture("run-of-many-nodes-dark.png", true);
    for (int i = 60; i < NODES; i++) {
      end(asked, i);
    }
    asked.end();

    chromium.seeText(STATE, "Ended: 100 of 100 nodes ended, 4 failed");
    chromium.seeText(By.id("alike-title"), "96 nodes the same, 4 differ");
    assertThat(chromium.text(By.cssSelector(".alike ul")))
        .contains("error: no space left on device", "relay root: connection refused");
    assertThat(firstRows(5))
        .containsExactly(
            "node-0011.example",
            "node-0044.example",
            "node-0020.example",
            "node-0077.example",
            "node-0001.example");
    assertThat(chromium.all(By.cssSelector(".results tbody tr"))).hasSizeLessThan(60);
    takePicture("run-of-many-nodes.png", false);

    chromium.click(By.cssSelector(".state-filter.failed"));
    chromium.seeText(By.cssSelector(".list-head .count"), "2 of 100 nodes");
    chromium.click(By.linkText("node-0011.example"));
    chromium.seeText(By.cssSelector("main .problem:not([hidden])"), "connection refused");
    chromium.click(By.linkText("Run of all nodes"));
    chromium.click(By.linkText("node-0020.example"));
    chromium.seeText(By.cssSelector("[role=log]"), "error: no space left on device");
    chromium.click(By.linkText("Run of all nodes"));

    chromium.click(By.xpath("//button[.='Retry 4 failed']"));
    ScriptedRelay.Asked again = relay.asked();
    assertThat(again.form()).contains("node-0011", "node-0020", "node-0044", "node-0077");
    assertThat(again.form()).doesNotContain("node-0001");
    chromium.seeText(By.tagName("h1"), "Run of 4 nodes");
    chromium.seeText(By.cssSelector(".facts"), "Retry of");
    cancelTheRest(again);
  }

  /** Two are done, the others are stopped. */
  private static void cancelTheRest(ScriptedRelay.Asked run) throws InterruptedException {
    run.says(new RunEvent.Started(node(11), "rudder")).says(finished(11, 0));
    run.says(finished(20, 0));
    chromium.wait(driver -> "2".equals(chromium.see(BAR).getDomAttribute("aria-valuenow")));
    chromium.click(By.xpath("//button[.='Cancel']"));
    chromium.seeText(By.id("confirm-text"), "2 nodes");
    chromium.click(By.xpath("//button[.='Cancel the run']"));
    relay.asked().end();
    for (int i : new int[] {44, 77}) {
      run.says(failed(i, RunFailure.Kind.STOPPED, "it was stopped"));
    }
    run.end();
    chromium.seeText(STATE, "Ended: 4 of 4 nodes ended, 0 failed, 2 stopped");
    chromium.seeText(By.cssSelector(".states"), "2 stopped");
  }

  @Test
  void aRunThatWasCancelledSaysSoAndWhyAtNoNodeInParticular() throws Exception {
    String ids = "{\"targets\":{\"nodes\":[\"node-0001\",\"node-0002\",\"node-0003\"]}}";
    String run = webapp.ask("POST", "remote-runs", ids).at("/data/id").asString();
    ScriptedRelay.Asked asked = relay.asked();
    for (int i = 1; i <= 3; i++) {
      RunFailure stopped =
          new RunFailure(RunFailure.Kind.STOPPED, "node " + id(i), "the agent was stopped");
      asked.says(new RunEvent.Failed(node(i), stopped));
    }
    asked.end();
    chromium.run("location.hash = '#/runs/" + run + "'");
    chromium.seeExactly(STATE, "Stopped: 3 nodes");
    chromium.seeExactly(By.cssSelector(".alike .sample"), "the agent was stopped");
    chromium.seeExactly(By.cssSelector(".results .outcome"), "the agent was stopped");
    chromium.wait(
        driver -> chromium.all(By.cssSelector(".results td.lines:last-child")).size() == 3);
    assertThat(chromium.all(By.cssSelector(".results td.lines"))).hasSize(3);
  }

  @Test
  void aGroupIsTriggered() throws Exception {
    webapp.ask("PUT", "remote-run-groups/web", "{\"nodes\":[\"node-0003\",\"node-0004\"]}");
    chromium.reload();
    chromium.click(By.xpath("//option[.='web (2)']"));
    chromium.seeText(By.cssSelector(".count"), "2 of 100 nodes");
    chromium.click(By.xpath("//button[.='Trigger group web']"));
    ScriptedRelay.Asked asked = relay.asked();
    chromium.seeText(By.tagName("h1"), "Run of group web");
    asked.says(finished(3, 0)).says(finished(4, 0)).end();
    chromium.seeText(STATE, "Ended: 2 of 2 nodes ended, 0 failed");
    chromium.seeText(By.id("alike-title"), "All 2 nodes the same");
  }

  @Test
  void theLastRunOfANodeIsFoundBehindManyOfOthers() throws Exception {
    for (int i = 0; i < 30; i++) {
      String node = i == 0 ? "node-0042" : "node-0007";
      webapp.ask("POST", "remote-runs", "{\"targets\":{\"nodes\":[\"" + node + "\"]}}");
      relay.asked().says(finished(i == 0 ? 42 : 7, i == 0 ? 3 : 0)).end();
    }
    chromium.reload();
    chromium.see(By.id("filter")).sendKeys("node-0042");
    chromium.seeText(By.cssSelector(".nodes tbody .last"), "agent error");
    chromium.click(By.cssSelector(".nodes .last a"));
    chromium.seeText(STATE, "Finished with exit status 3");
  }

  @Test
  void aHundredThousandLinesStayFluid() throws Exception {
    Map<String, Long> measured = hundredThousandLines();
    // What else this machine does may hold up one of them, and hardly three.
    for (int again = 0; again < 2 && !isFluid(measured); again++) {
      signIn();
      measured = hundredThousandLines();
    }
    assertThat(isFluid(measured)).as("frames in ms: %s", measured).isTrue();
    assertThat(measured.get("elements")).as("elements in the page").isLessThan(1500);
  }

  /** Three to five times what was measured beside other work: see docs/ui.md. */
  private static boolean isFluid(Map<String, Long> measured) {
    return measured.getOrDefault("p95", Long.MAX_VALUE) < 150
        && measured.getOrDefault("longest", Long.MAX_VALUE) < 700;
  }

  private static Map<String, Long> hundredThousandLines() throws Exception {
    chromium.click(By.linkText("node-0001.example"));
    chromium.click(By.xpath("//button[.='Trigger agent']"));
    ScriptedRelay.Asked asked = relay.asked();
    chromium.see(STATE);
    chromium.run(
        """
        window.frames100k = [];
        let before = performance.now();
        const frame = (now) => {
          window.frames100k.push(now - before);
          before = now;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
        """);
    long began = System.nanoTime();
    for (int chunk = 0; chunk < 1000; chunk++) {
      asked.says(output(1, lines(chunk * 100, 100)));
    }
    asked.says(finished(1, 0)).end();
    chromium.seeText(By.cssSelector(".line-count"), "100,000 lines");
    chromium.seeText(By.cssSelector("[role=log]"), "line 100000 ");
    long millis = (System.nanoTime() - began) / 1_000_000;
    assertThat(chromium.all(By.cssSelector("[role=log] .line"))).hasSizeLessThan(200);

    Object frames =
        chromium.run(
            """
            const sorted = window.frames100k.slice(1).sort((a, b) => a - b);
            const at = (part) => Math.round(sorted[Math.floor((sorted.length - 1) * part)]);
            return {frames: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1),
              elements: document.getElementsByTagName("*").length};
            """);
    Object jump =
        chromium.run(
            """
            const pane = document.querySelector("[role=log]");
            const began = performance.now();
            pane.scrollTop = 0;
            pane.dispatchEvent(new Event("scroll"));
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
              done(Math.round(performance.now() - began)))));
            """);
    chromium.seeText(By.cssSelector("[role=log]"), "line 1 ");
    chromium.see(By.id("find")).sendKeys("line 77777 ");
    chromium.seeText(By.cssSelector(".line.current"), "line 77777 ");
    System.out.printf(
        "100,000 lines: %d ms until the last is shown, frames in ms %s, from the last to the first"
            + " in %s ms%n",
        millis, frames, jump);
    return measured(frames);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Long> measured(@Nullable Object frames) {
    return (Map<String, Long>) Objects.requireNonNull(frames);
  }

  private static String lines(int from, int count) {
    return IntStream.rangeClosed(from + 1, from + count)
        .mapToObj(i -> "line " + i + " of what an agent prints when it has much to say\n")
        .collect(Collectors.joining());
  }

  private static ScriptedRelay.Asked triggerAll() throws InterruptedException {
    chromium.seeText(By.cssSelector(".count"), "100 nodes");
    chromium.click(By.cssSelector("thead input"));
    chromium.click(By.xpath("//button[.='Trigger 100 nodes']"));
    chromium.click(By.cssSelector("#confirm [value=yes]"));
    chromium.see(BAR);
    return relay.asked();
  }

  private static List<String> firstRows(int count) {
    return chromium.all(By.cssSelector(".results tbody th")).stream()
        .limit(count)
        .map(WebElement::getText)
        .toList();
  }

  /** Most print the same, but for their names and times. */
  private static void end(ScriptedRelay.Asked asked, int i) {
    switch (i) {
      case 11, 44 -> asked.says(failed(i, RunFailure.Kind.UNREACHABLE, "connection refused"));
      case 20, 77 -> asked.says(output(i, "error: no space left on device\n")).says(finished(i, 1));
      default ->
          asked
              .says(output(i, "start at 2026-11-24 02:00:%02d+00:00\n".formatted(i % 60)))
              .says(output(i, hostname(i) + ": all is well, took " + i + " ms\n"))
              .says(finished(i, 0));
    }
  }

  private static String id(int i) {
    return i == 0 ? "root" : "node-%04d".formatted(i);
  }

  private static String hostname(int i) {
    return i == 0 ? "server.example" : id(i) + ".example";
  }

  private static NodeId node(int i) {
    return new NodeId(id(i));
  }

  private static RunEvent output(int i, String text) {
    return new RunEvent.Output(node(i), OutputBytes.ofUtf8(text));
  }

  private static RunEvent finished(int i, int code) {
    return new RunEvent.Finished(node(i), ExitStatus.code(code));
  }

  private static RunEvent failed(int i, RunFailure.Kind kind, String reason) {
    return new RunEvent.Failed(node(i), new RunFailure(kind, "relay root", reason));
  }

  private static void takePicture(String name, boolean isDark) throws IOException {
    if (System.getProperty("screenshot") != null) {
      chromium.prefersDark(isDark);
      chromium.screenshot(Path.of(System.getProperty("project.folder"), "docs/images", name));
      chromium.prefersDark(false);
    }
  }
}
