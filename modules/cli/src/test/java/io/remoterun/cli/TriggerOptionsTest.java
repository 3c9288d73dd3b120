package io.remoterun.cli;

import static io.remoterun.cli.ScriptedApi.finished;
import static io.remoterun.cli.ScriptedApi.printed;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Exit;
import io.remoterun.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggerOptionsTest {
  private static final String GAP = "{\"event\":\"gap\",\"node\":\"n1\",\"from\":0,\"bytes\":17}";
  private static final Terminal SCREEN = new Terminal(false, true, true, true);

  @SuppressWarnings("NullAway.Init") // set before each test
  private ScriptedApi api;

  @BeforeEach
  void starts() throws IOException {
    api = new ScriptedApi();
    api.run(
        "n1", printed("n1", "result_success"), printed("n1", "result_error"), finished("n1", 0));
  }

  @AfterEach
  void ends() {
    api.close();
  }

  private String order(String... options) {
    String[] words = new String[options.length + 1];
    words[0] = "trigger";
    System.arraycopy(options, 0, words, 1, options.length);
    assertThat(api.ran(words).problems()).doesNotContain("remote-run:");
    return api.order();
  }

  @Test
  void everyOptionOfARunIsInTheOrder() {
    assertThat(order("--all")).isEqualTo("{\"targets\":{\"all\":true},\"conditions\":[]}");
    assertThat(order("--group", "g 1")).contains("\"targets\":{\"group\":\"g 1\"}");
    assertThat(order("--where", "id=n1")).contains("\"targets\":{\"query\":\"id=n1\"}");
    assertThat(order("two", "n1")).contains("\"targets\":{\"nodes\":[\"n2\",\"n1\"]}");
    assertThat(order("one", "-D", "a,b", "-D", "c")).contains("\"conditions\":[\"a\",\"b\",\"c\"]");
    assertThat(order("one", "--concurrency=7")).contains("\"concurrency\":7");
    assertThat(order("one", "--fail-after=10%")).contains("\"stopAfter\":\"10%\"");
    assertThat(order("one", "--deadline=90s")).contains("\"deadline\":\"PT1M30S\"");
  }

  @Test
  void whatTheWebappWouldRefuseIsRefusedBefore() {
    for (String[] wrong :
        new String[][] {{"-D", "bad~1"}, {"--deadline", "soon"}, {"--concurrency", "x"}}) {
      Ran ran = api.ran("trigger", "one", wrong[0], wrong[1]);
      assertThat(ran.exit()).isEqualTo(Exit.USAGE);
      assertThat(ran.problems()).contains(wrong[0]);
      assertThat(api.order()).isEmpty();
    }
  }

  @Test
  void quietShowsOnlyWhatIsWrongAndInfoAfterItEverything() {
    assertThat(api.ran("trigger", "one").out()).contains("E compliant ", "E error ");
    assertThat(api.ran("trigger", "one", "-q").out())
        .doesNotContain("E compliant")
        .contains("E error");
    assertThat(api.ran("trigger", "one", "--quiet", "-i").out()).contains("E compliant");
  }

  @Test
  void coloursAreForATerminalWhoseUserWantsThem() {
    assertThat(api.ran(SCREEN, "trigger", "one").out()).contains("\u001b[1;31m");
    assertThat(api.ran(SCREEN, "trigger", "one", "--no-color").out()).doesNotContain("\u001b");
    assertThat(api.ran("trigger", "one", "--color=always").out()).contains("\u001b[1;31m");
  }

  @Test
  void linesWithTimesCountForTheExitStatus() {
    assertThat(api.ran("trigger", "one").exit()).isZero();
    assertThat(api.ran("trigger", "one", "-e").exit()).isEqualTo(2);
    api.run("n1", printed("n1", "audit_noncompliant"), finished("n1", 0));
    assertThat(api.ran("trigger", "one", "-e").exit()).isZero();
    assertThat(api.ran("trigger", "one", "-E").exit()).isEqualTo(3);
  }

  @Test
  void lostBytesAreToldInEveryWayAndAreNoSuccessWhereErrorsCount(@TempDir Path folder) {
    api.run("n1", GAP, printed("n1", "result_success"), finished("n1", 0));
    for (String[] way :
        new String[][] {{"--raw"}, {"--output-dir=" + folder}, {"--json"}, {"--quiet"}}) {
      Ran ran = api.ran("trigger", "one", way[0], "-e");
      assertThat(ran.exit()).as(way[0]).isEqualTo(1);
      assertThat(api.ran("trigger", "one", way[0]).exit()).as(way[0]).isZero();
      assertThat(ran.out() + ran.problems()).as(way[0]).containsPattern("17 bytes|\"bytes\":17");
      if (!way[0].equals("--json")) {
        assertThat(ran.out() + ran.problems()).contains(", 17 bytes of output are missing\n");
      }
    }
    assertThat(api.ran("trigger", "one", "--raw").problems())
        .contains("remote-run: one.example: 17 bytes are missing\n");
  }
}
