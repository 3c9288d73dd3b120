package io.remoterun.e2e;

import static io.remoterun.e2e.OpenPage.OUTPUT;
import static io.remoterun.e2e.OpenPage.STATE;
import static io.remoterun.e2e.OpenPage.finished;
import static io.remoterun.e2e.OpenPage.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.ScriptedRelay;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import tools.jackson.databind.JsonNode;

/** That a press of a button is one run, that it is the one that was meant, and that it stays. */
@NeedsProgram(
    value = {"chromium", "chromedriver"},
    debianPackage = "chromium-driver")
@Timeout(120)
class TriggerPageIT {
  private static final By TRIGGER = By.xpath("//button[.='Trigger agent']");
  private static final By AGAIN = By.xpath("//button[.='Run again']");
  private static final By RETRY = By.xpath("//button[.='Retry']");
  private static final By PROBLEM = By.cssSelector("main .problem:not([hidden])");

  /** The answer to the page's next request of that kind ends, or says nothing, when it is told. */
  private static final String TAMPER =
      """
      const real = window.fetch;
      window.fetch = async (url, options) => {
        const answer = await real(url, options);
        if (window.tampered || !/\\/(events|output)$/.test(String(url))) {
          return answer;
        }
        window.tampered = true;
        const reader = answer.body.getReader();
        return new Response(new ReadableStream({
          async start(page) {
            window.endAnswer = () => page.close();
            try {
              for (let read = await reader.read(); !read.done; read = await reader.read()) {
                window.isMute || page.enqueue(read.value);
              }
            } catch (error) {
              page.error(error);
            }
          },
        }));
      };
      """;

  @TempDir static Path folder;
  private static OpenPage page;
  private static Chromium chromium;
  private static ScriptedRelay relay;

  @BeforeAll
  static void start() throws Exception {
    page = OpenPage.start(folder);
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
  }

  @AfterEach
  void scriptsHadNothingToComplainOf() {
    assertThat(chromium.complaints()).isEmpty();
  }

  private static ScriptedRelay.Asked trigger() throws InterruptedException {
    page.go("#/nodes/n1");
    chromium.click(TRIGGER);
    return relay.asked();
  }

  private static String start(String order) throws Exception {
    return page.webapp().ask("POST", "remote-runs", order).at("/data/id").asString();
  }

  @Test
  void aDoubleClickIsOneRun() throws Exception {
    page.go("#/nodes/n2");
    chromium.doubleClick(TRIGGER);
    relay.asked().says(finished("n2", 1)).end();
    chromium.seeText(STATE, "Finished with exit status 1");
    chromium.doubleClick(RETRY);
    relay.asked().says(finished("n2", 0)).end();
    chromium.seeText(STATE, "Finished with exit status 0");
    chromium.doubleClick(AGAIN);
    relay.asked().says(finished("n2", 1)).end();
    chromium.seeText(STATE, "Finished with exit status 1");

    page.go("#/");
    chromium.click(By.cssSelector("[aria-label='Select two.example']"));
    chromium.doubleClick(By.xpath("//button[.='Trigger 1 node']"));
    relay.asked().says(finished("n2", 0)).end();
    chromium.seeText(STATE, "Finished with exit status 0");

    page.go("#/runs?node=n2");
    chromium.seeText(By.cssSelector(".count"), "4 runs");
    assertThat(relay.wasAsked()).as("more runs than presses").isFalse();
  }

  @Test
  void whoPressesAgainAfterALostAnswerGetsTheRunThatHasBegun() throws Exception {
    page.go("#/nodes/n1");
    chromium.see(TRIGGER);
    chromium.run(
        """
        const real = window.fetch;
        window.fetch = async (url, options) => {
          await real(url, options);
          window.fetch = real;
          throw new TypeError("Failed to fetch");
        };
        """);
    chromium.click(TRIGGER);
    ScriptedRelay.Asked asked = relay.asked();
    chromium.seeText(PROBLEM, "No answer from the webapp");
    chromium.click(TRIGGER);
    asked.says(output("n1", "the only run\n")).says(finished("n1", 0)).end();
    chromium.seeText(OUTPUT, "the only run");
    assertThat(relay.wasAsked()).as("a second run").isFalse();

    chromium.click(AGAIN);
    relay.asked().says(finished("n1", 0)).end();
  }

  /** Who does so much later has seen what became of the first one, and means another. */
  @Test
  void whoPressesAgainLongAfterALostAnswerGetsARunOfItsOwn() throws Exception {
    page.go("#/nodes/n1");
    chromium.see(TRIGGER);
    chromium.run(
        """
        const real = window.fetch;
        window.fetch = async (url, options) => {
          await real(url, options);
          window.fetch = real;
          throw new TypeError("Failed to fetch");
        };
        """);
    chromium.click(TRIGGER);
    relay.asked().says(finished("n1", 0)).end();
    chromium.seeText(PROBLEM, "No answer from the webapp");
    chromium.run("const now = Date.now; Date.now = () => now() + 601_000;");
    chromium.click(TRIGGER);

    relay.asked().says(output("n1", "another run\n")).says(finished("n1", 0)).end();
    chromium.seeText(OUTPUT, "another run");
  }

  /** As of a run of thousands of nodes, which takes a while to be told as a whole. */
  @Test
  void anAnswerThatComesLateMakesNoNodeRunAgainThatHasEnded() throws Exception {
    String id = start("{\"targets\":{\"nodes\":[\"n1\",\"n2\"]}}");
    ScriptedRelay.Asked asked = relay.asked();
    asked.says(output("n1", "a\n")).says(output("n2", "a\n"));
    page.go("#/runs/" + id);
    chromium.seeText(By.cssSelector(".states"), "2 running");
    chromium.run(
        """
        const real = window.fetch;
        window.fetch = async (url, options) => {
          const answer = await real(url, options);
          if (!options?.method && /remote-runs\\/[^\\/]+$/.test(String(url))) {
            window.fetch = real;
            window.isHeld = true;
            await new Promise((goOn) => window.goOn = goOn);
          }
          return answer;
        };
        """);
    chromium.click(By.xpath("//button[.='Cancel']"));
    chromium.click(By.xpath("//button[.='Cancel the run']"));
    relay.asked().end();
    chromium.wait(driver -> Boolean.TRUE.equals(chromium.run("return window.isHeld === true")));
    asked.says(finished("n1", 0));
    chromium.seeText(By.cssSelector(".states"), "1 succeeded");
    chromium.run("window.goOn()");
    chromium.seeText(STATE, "Cancelling");
    chromium.seeText(By.cssSelector(".states"), "1 succeeded");
    asked.says(finished("n2", 0)).end();
    chromium.seeText(STATE, "Ended: 2 of 2 nodes ended");
  }

  @Test
  void runAgainAsksForTheSame() throws Exception {
    String id =
        start(
            """
            {"targets":{"nodes":["n1","n2"]},"conditions":["nightly"],"deadline":"PT3M",
             "concurrency":1,"stopAfter":"50%"}\
            """);
    endNodeByNode();
    page.go("#/runs/" + id);
    chromium.click(AGAIN);
    endNodeByNode();
    chromium.wait(driver -> !chromium.address().endsWith(id));
    chromium.seeText(STATE, "Ended");
    String again = chromium.address().replaceFirst(".*/", "");

    JsonNode first = page.webapp().ask("GET", "remote-runs/" + id).path("data");
    JsonNode second = page.webapp().ask("GET", "remote-runs/" + again).path("data");
    for (String field :
        new String[] {"targets", "conditions", "deadline", "concurrency", "stopAfter"}) {
      assertThat(second.path(field)).as(field).isEqualTo(first.path(field));
      assertThat(first.has(field)).as(field).isTrue();
    }
  }

  /** So the webapp asks where it has to count failures, or how many run at once. */
  private static void endNodeByNode() throws InterruptedException {
    for (String node : new String[] {"n1", "n2"}) {
      ScriptedRelay.Asked asked = relay.asked();
      assertThat(asked.form()).contains("nodes=" + node);
      asked.says(finished(node, 0)).end();
    }
  }

  @Test
  void aRunIsAPartOfTheTraceOfItsClick() throws Exception {
    ScriptedRelay.Asked first = trigger();
    assertThat(first.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    first.says(finished("n1", 0)).end();
    chromium.click(AGAIN);
    ScriptedRelay.Asked second = relay.asked();
    assertThat(second.header("traceparent"))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
        .isNotEqualTo(first.header("traceparent"));
    second.says(finished("n1", 0)).end();
  }

  @Test
  void aStreamThatEndsBeforeTheRunIsTakenUpAgain() throws Exception {
    String id = start("{\"targets\":{\"nodes\":[\"n1\",\"n2\"]}}");
    ScriptedRelay.Asked asked = relay.asked();
    chromium.run(TAMPER);
    page.go("#/runs/" + id + "/nodes/n1");
    asked.says(output("n1", "before\n")).says(output("n2", "of another node\n"));
    chromium.seeText(OUTPUT, "before");
    chromium.run("window.endAnswer()");
    asked.says(output("n1", "after\n"));
    chromium.seeText(OUTPUT, "after");
    asked.says(finished("n1", 0)).says(finished("n2", 0)).end();
    chromium.seeText(By.cssSelector(".head .badge"), "succeeded");
    chromium.seeExactly(OUTPUT, "before\nafter");
  }

  /** The webapp tells of it as a whole: it does not know what this page had before. */
  @Test
  void whatWasDroppedIsCountedOnceAlsoAfterALostConnection() {
    page.go("#/nodes/n1");
    chromium.see(TRIGGER);
    chromium.run(
        """
        import(new URL("seen.js", document.querySelector("script[type=module]").src)).then(({ Seen }) => {
          const seen = new Seen();
          window.told = [
            { event: "output", node: "n1", text: "\u00e9\\n" },
            { event: "output", node: "n1", base64: "/wo=" },
            { event: "gap", node: "n1", from: 0, bytes: 12 },
            { event: "gap", node: "n1", from: 0, bytes: 12 },
            { event: "gap", node: "n2", from: 0, bytes: 1 },
          ].map((event) => seen.unseen(event)?.bytes).join();
        });
        """);
    chromium.wait(driver -> ",,7,,1".equals(chromium.run("return window.told")));
  }

  @Test
  void aConnectionThatSaysNothingForLongIsLost() throws Exception {
    ScriptedRelay.Asked asked = trigger().says(output("n1", "before\n"));
    chromium.seeText(OUTPUT, "before");
    String run = chromium.address().replaceFirst(".*#", "#");
    // 50 seconds are too long for a test, and what is to be shown is not how long they are.
    chromium.run(
        TAMPER
            + """
            window.isMute = true;
            const wait = window.setTimeout;
            window.setTimeout = (work, ms) => wait(work, ms === 50000 ? 200 : ms);
            """);
    page.go("#/runs");
    chromium.see(By.cssSelector(".runs tbody th"));
    page.go(run);
    chromium.seeText(By.cssSelector(".link"), "Connected again: nothing is missing.");
    asked.says(output("n1", "after\n")).says(finished("n1", 0)).end();
    chromium.seeText(STATE, "Finished with exit status 0");
    chromium.seeExactly(OUTPUT, "before\nafter");
  }

  @Test
  void theEndOfARunIsNoLostConnectionForASlowBrowser() throws Exception {
    String id = start("{\"targets\":{\"nodes\":[\"n1\"]}}");
    relay.asked().says(finished("n1", 0)).end();
    // Each event takes so long that the browser may paint after it, also after the last one.
    chromium.run("let now = 0; performance.now = () => (now += 100)");
    page.go("#/runs/" + id);
    chromium.see(By.cssSelector("[data-empty='Nothing was printed.']"));
    assertThat(chromium.all(By.cssSelector(".link:not([hidden])"))).isEmpty();
  }

  @Test
  void theDownloadIsWhatTheAgentPrintedByteByByte() throws Exception {
    String printed =
        "first\r\n\u001b[31mred\u001b[0m \u20ac\u0000\n" + "line\n".repeat(2000) + "no end";
    Path downloads = chromium.downloadsTo(folder.resolve("downloads"));
    trigger().says(output("n1", printed)).says(finished("n1", 0)).end();
    chromium.seeText(STATE, "Finished");
    chromium.click(By.linkText("Download"));
    assertThat(chromium.downloaded(downloads))
        .hasContent(printed)
        .satisfies(file -> assertThat(file.toString()).matches(".*/one.example-[0-9a-f]{8}\\.log"));
  }
}
