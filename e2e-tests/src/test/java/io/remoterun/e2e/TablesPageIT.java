package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.NodeId;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
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
import org.openqa.selenium.Keys;

/** Tables of ten thousand nodes in a real browser: scrolled, sorted, and changed by a run. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(180)
class TablesPageIT {
  private static final int NODES = 10_000;
  private static final By COUNT = By.cssSelector(".count");
  private static final By TABLE = By.cssSelector("table.nodes");

  @TempDir static Path folder;
  private static OpenPage page;
  private static Chromium chromium;
  private static ScriptedRelay relay;

  @BeforeAll
  static void start() throws Exception {
    String others =
        IntStream.range(1, NODES)
            .mapToObj(TablesPageIT::id)
            .map("\"%1$s\":{\"hostname\":\"%1$s.example\",\"policy-server\":\"root\"}"::formatted)
            .collect(Collectors.joining(",\n"));
    page =
        OpenPage.start(
            folder,
            "{\"root\":{\"hostname\":\"server.example\",\"policy-server\":\"root\"},%s}"
                .formatted(others));
    chromium = page.chromium();
    relay = page.relay();
  }

  @AfterAll
  static void stop() {
    if (page != null) {
      page.close();
    }
  }

  @BeforeEach
  void signIn() {
    relay.reset();
    page.signIn();
    chromium.seeText(COUNT, "10,000 nodes");
  }

  @AfterEach
  void scriptsAndPolicyHadNothingToComplainOf() {
    assertThat(chromium.complaints()).allMatch(line -> line.contains("Failed to load resource"));
  }

  /** Scrolls by half a window a frame, two hundred times; and sees what is in the middle then. */
  private static final String SCROLL =
      """
      const frames = [];
      let empty = 0;
      let before = performance.now();
      return new Promise((done) => {
        const frame = (now) => {
          frames.push(now - before);
          before = now;
          const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
          empty += middle.closest("tr")?.querySelector("th a") ? 0 : 1;
          if (frames.length < 200) {
            scrollBy(0, innerHeight / 2);
            requestAnimationFrame(frame);
            return;
          }
          const sorted = frames.slice(1).sort((a, b) => a - b);
          const at = (part) => Math.round(sorted[Math.floor((sorted.length - 1) * part)]);
          done({median: at(0.5), p95: at(0.95), longest: at(1), empty, place: Math.round(scrollY),
            elements: document.getElementsByTagName("*").length});
        };
        scrollTo(0, 400);
        requestAnimationFrame(() => requestAnimationFrame(frame));
      });
      """;

  @Test
  void tenThousandNodesAreScrolledFluidly() {
    Map<String, Long> measured = measured(chromium.run(SCROLL));
    System.out.println("10,000 nodes, scrolled by half a window a frame: " + measured);
    assertThat(measured.get("empty")).as("frames without a row in the middle").isLessThan(3);
    assertThat(measured.get("elements")).as("elements in the page").isLessThan(1500);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Long> measured(@Nullable Object frames) {
    return (Map<String, Long>) Objects.requireNonNull(frames);
  }

  @Test
  void everyRowIsReachedHoweverHighRowsAre() {
    seeTheLastRow();
    String sheet = "document.querySelector('link[href*=runs]').sheet";
    chromium.run(sheet + ".insertRule('.list tbody tr:not(.gap) > * { height: 90px !important }')");
    seeTheLastRow();
    chromium.run(sheet + ".deleteRule(0)");
    seeTheLastRow();
    chromium.run("scrollTo(0, 0)");
    chromium.wait(driver -> names().getFirst().equals("server.example"));
  }

  private static void seeTheLastRow() {
    chromium.wait(
        driver -> {
          chromium.run("scrollTo(0, document.documentElement.scrollHeight)");
          return chromium.holds(
              """
              ((last) => last.querySelector("th")?.textContent === "node-9999.example"
                && last.getAttribute("aria-rowindex") === "10001"
                && last.getBoundingClientRect().bottom <= innerHeight)
              ([...document.querySelectorAll(".nodes tbody tr:not(.gap)")].at(-1))
              """);
        });
    assertThat(chromium.see(TABLE).getDomAttribute("aria-rowcount")).isEqualTo("10001");
    assertThat(names()).hasSizeLessThan(60);
  }

  @Test
  void nodesAreSortedByAnyColumn() throws Exception {
    String first = begin(3, 4);
    relay.asked().says(finished(3, 0)).says(failed(4)).end();
    seeEnd(first);
    String second = begin(5, 6);
    relay.asked().says(finished(5, 0)).says(finished(6, 1)).end();
    seeEnd(second);
    chromium.click(By.linkText("Nodes"));
    chromium.seeText(COUNT, "10,000 nodes");
    assertThat(sorted()).isEmpty();

    chromium.click(button("State"));
    seeNames(4, 6, 3, 5, 1);
    assertThat(sorted()).containsExactly("State ascending");
    chromium.press(Keys.ENTER);
    seeNames(3, 5, 6, 4, 1);
    assertThat(sorted()).containsExactly("State descending");
    chromium.click(button("Last run"));
    seeNames(5, 6, 3, 4, 1);
    assertThat(sorted()).containsExactly("Last run descending");
    chromium.click(button("Node"));
    seeNames(1, 2, 3);
    chromium.press(Keys.SPACE);
    seeNames(0, 9999, 9998);

    chromium.click(By.linkText("node-9999.example"));
    chromium.click(By.linkText("Nodes"));
    seeNames(0, 9999, 9998);
    assertThat(sorted()).containsExactly("Node descending");
    chromium.see(By.id("filter")).sendKeys("node-000");
    seeNames(9, 8, 7, 6, 5, 4, 3, 2, 1);
  }

  @Test
  void aRunThatGoesOnStaysSorted() throws Exception {
    page.go("#/runs/" + begin(1, 2, 3, 4));
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(output(2, "a\nb\n")).says(finished(2, 0)).says(failed(3));
    seeNames(3, 1, 4, 2);
    assertThat(sorted()).containsExactly("State ascending");
    chromium.click(button("Lines"));
    seeNames(2, 3, 1, 4);
    asked.says(output(4, "a\nb\nc\n")).says(finished(4, 0));
    seeNames(4, 2, 3, 1);
    assertThat(sorted()).containsExactly("Lines descending");
    asked.says(finished(1, 0)).end();
    seeNames(4, 2, 1, 3);
  }

  @Test
  void aLinkKeepsTheFocusWhileTheRunMovesItsRow() throws Exception {
    String run = begin(1, 2, 3, 4);
    ScriptedRelay.Asked asked = relay.asked();
    page.go("#/runs/" + run);
    seeNames(1, 2, 3, 4);
    chromium.run("document.querySelectorAll('.results tbody a')[1].focus()");
    asked.says(finished(1, 0));
    seeNames(2, 3, 4, 1);
    assertThat(chromium.focused().getText()).isEqualTo("node-0002.example");
    asked.says(failed(4)).says(failed(3));
    seeNames(3, 4, 2, 1);
    assertThat(chromium.focused().getText()).isEqualTo("node-0002.example");
    asked.says(finished(2, 0)).end();
    seeNames(3, 4, 1, 2);
    assertThat(chromium.focused().getText()).isEqualTo("node-0002.example");
    chromium.press(Keys.ENTER);
    chromium.seeText(By.tagName("h1"), "node-0002.example");
  }

  /** The id of a run of these. */
  private static String begin(int... nodes) throws Exception {
    String ids =
        IntStream.of(nodes)
            .mapToObj(i -> "\"" + id(i) + "\"")
            .collect(Collectors.joining(",", "{\"targets\":{\"nodes\":[", "]}}"));
    return page.webapp().ask("POST", "remote-runs", ids).at("/data/id").asString();
  }

  private static void seeEnd(String run) {
    page.go("#/runs/" + run);
    chromium.seeText(OpenPage.STATE, "Ended");
  }

  private static By button(String name) {
    return By.xpath("//thead//button[.='" + name + "']");
  }

  /** Which columns it says it is sorted by, and how. */
  private static List<String> sorted() {
    return chromium.all(By.cssSelector("[aria-sort]")).stream()
        .map(header -> header.getText() + " " + header.getDomAttribute("aria-sort"))
        .toList();
  }

  private static List<String> names() {
    return words("[...document.querySelectorAll('.list tbody th')].map((one) => one.textContent)");
  }

  @SuppressWarnings("unchecked")
  private static List<String> words(String expression) {
    return (List<String>) Objects.requireNonNull(chromium.run("return " + expression));
  }

  /** Waits for these to be the first rows. */
  private static void seeNames(int... nodes) {
    List<String> expected = IntStream.of(nodes).mapToObj(TablesPageIT::hostname).toList();
    chromium.wait(driver -> names().stream().limit(nodes.length).toList().equals(expected));
  }

  private static String id(int i) {
    return i == 0 ? "root" : "node-%04d".formatted(i);
  }

  private static String hostname(int i) {
    return i == 0 ? "server.example" : id(i) + ".example";
  }

  private static RunEvent output(int i, String text) {
    return OpenPage.output(id(i), text);
  }

  private static RunEvent finished(int i, int code) {
    return OpenPage.finished(id(i), code);
  }

  private static RunEvent failed(int i) {
    return new RunEvent.Failed(
        new NodeId(id(i)),
        new RunFailure(RunFailure.Kind.UNREACHABLE, "relay root", "connection refused"));
  }
}
