package io.remoterun.cli;

import static io.remoterun.cli.ScriptedApi.finished;
import static io.remoterun.cli.ScriptedApi.printed;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.cli.console.Terminal;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The options of {@code rudder remote run}. */
class RudderOptionsTest {
  private static final String FAILED =
      """
      {"event":"failed","node":"n1","kind":"UNREACHABLE","hop":"relay root","reason":"no route"}\
      """;
  private static final String GAP = "{\"event\":\"gap\",\"node\":\"n1\",\"from\":0,\"bytes\":17}";

  @SuppressWarnings("NullAway.Init") // set before each test
  private ScriptedApi api;

  @BeforeEach
  void starts() throws IOException {
    api = new ScriptedApi();
    api.run(
        "n1",
        printed("n1", "result_success"),
        printed("n1", "result_na"),
        printed("n1", "result_repaired"),
        finished("n1", 0));
  }

  @AfterEach
  void ends() {
    api.close();
  }

  private String conditions(String... options) {
    String[] words = new String[options.length + 2];
    words[0] = "rudder";
    System.arraycopy(options, 0, words, 1, options.length);
    words[options.length + 1] = "one";
    api.ran(words);
    return api.order().replaceAll(".*\"conditions\":|}$", "");
  }

  @Test
  void theAgentSaysMoreAsRuddersCommandHasIt() {
    assertThat(conditions()).isEqualTo("[]");
    assertThat(conditions("-i")).isEqualTo("[]");
    assertThat(conditions("-v")).isEqualTo("[\"debug\"]");
    assertThat(conditions("-d")).isEqualTo("[\"trace\"]");
    assertThat(conditions("-d", "-v")).isEqualTo("[\"debug\"]");
    assertThat(conditions("-v", "-D", "a,b", "-D", "c")).isEqualTo("[\"a\",\"b\",\"c\",\"debug\"]");
  }

  @Test
  void ofInfoAndQuietTheLastOneHolds() {
    for (String more : new String[] {"-i", "-I", "-v", "-d"}) {
      assertThat(api.ran("rudder", "-q", more, "one").out()).contains("| compliant", "| n/a");
      assertThat(api.ran("rudder", more, "-q", "one").out())
          .contains("| repaired")
          .doesNotContain("| compliant", "| n/a");
    }
    assertThat(api.ran("rudder", "one").out()).contains("| compliant").doesNotContain("| n/a");
  }

  @Test
  void rowsAreAsTheOptionsSay() {
    assertThat(api.ran("rudder", "one").out()).startsWith("Hostname        M| State");
    assertThat(api.ran("rudder", "-w", "one").out()).contains("one.example     Enforce repaired");
    assertThat(api.ran("rudder", "-T", "one").out())
        .containsPattern(" \\d\\.\\d\\ds E\\| repaired");
    assertThat(api.ran("rudder", "-r", "one").out())
        .contains("one.example> -> 2026-11-02T08:15:01+00:00 R: @@T@@result_na@@", "## Summary")
        .doesNotContain("State");
    Terminal screen = new Terminal(false, true, true, true);
    assertThat(api.ran(screen, "rudder", "one").out()).contains("\u001b[1;33mrepaired");
    assertThat(api.ran(screen, "rudder", "-c", "one").out()).doesNotContain("\u001b");
  }

  @Test
  void nodesAreNamedOrInAGroupOrAll() {
    assertThat(conditionsAside("rudder", "one,n2", "two")).isEqualTo("{\"nodes\":[\"n1\",\"n2\"]}");
    assertThat(conditionsAside("rudder", "-g", "g1")).isEqualTo("{\"group\":\"g1\"}");
    assertThat(conditionsAside("rudder", "-a")).isEqualTo("{\"all\":true}");
    Ran none = api.ran("rudder", "-q");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.problems()).contains("rudder remote run NODE,NODE");
    assertThat(api.order()).isEmpty();
  }

  private String conditionsAside(String... words) {
    api.ran(words);
    return api.order().replaceAll("^\\{\"targets\":|,\"conditions\".*", "");
  }

  @Test
  void exitsAsTheContractSays() {
    assertThat(api.ran("rudder", "-E", "one").exit()).isZero();
    api.run("n1", printed("n1", "result_error"), finished("n1", 0));
    assertThat(api.ran("rudder", "one").exit()).isZero();
    assertThat(api.ran("rudder", "-e", "one").exit()).isEqualTo(2);
    assertThat(api.ran("rudder", "-E", "one").exit()).isEqualTo(2);
    api.run("n1", printed("n1", "audit_noncompliant"), finished("n1", 0));
    assertThat(api.ran("rudder", "-e", "one").exit()).isZero();
    assertThat(api.ran("rudder", "-E", "one").exit()).isEqualTo(3);
    api.run("n1", FAILED);
    assertThat(api.ran("rudder", "one").exit()).isEqualTo(1);
  }

  @Test
  void unparsedItIsTheBytesAloneAndWhatFailsIsToldBeside() {
    Ran fine = api.ran("rudder", "-R", "one");
    assertThat(fine.out().lines()).hasSize(3).allMatch(line -> line.startsWith("2026-11-02T"));
    assertThat(fine.problems()).isEmpty();
    assertThat(fine.exit()).isZero();

    api.run("n1", FAILED);
    Ran unreachable = api.ran("rudder", "-R", "one");
    assertThat(unreachable.out()).isEmpty();
    assertThat(unreachable.problems())
        .startsWith("remote-run: one.example: relay root: no route")
        .hasLineCount(1);
    assertThat(unreachable.exit()).isEqualTo(1);

    api.run("n1", GAP, finished("n1", 0));
    assertThat(api.ran("rudder", "-R", "one").problems())
        .isEqualTo("remote-run: one.example: 17 bytes are missing\n");
    assertThat(api.ran("rudder", "-R", "one").exit()).isZero();
    assertThat(api.ran("rudder", "-R", "-e", "one").exit()).isEqualTo(1);
  }
}
