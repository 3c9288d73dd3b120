package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TableFormatterTest {
  private static final FormatOptions INFO =
      new FormatOptions(true, false, false, false, false, false, false, true);
  private static final FormatOptions QUIET =
      new FormatOptions(false, true, false, false, false, false, false, true);

  private static String report(String state, String component, String key, String message) {
    return "R: @@T@@%s@@r@@d@@0@@%s@@%s@@2026-11-02 08:15:01+00:00##n@#%s"
        .formatted(state, component, key, message);
  }

  private final TableFormatter table = new TableFormatter(FormatOptions.defaults(), 8);

  @Test
  void aReportIsARowAtOnce() {
    assertThat(table.line("web-1", report("result_repaired", "file", "/etc/motd", "changed")))
        .isEqualTo(
            """
            NODE      M STATE         TECHNIQUE                 COMPONENT                 KEY                  MESSAGE
            web-1     E repaired      T                         file                      /etc/motd            changed
            """);
    assertThat(table.line("web-1", report("audit_compliant", "漢字", "None", "fine")))
        .isEqualTo(
            """
            web-1     A compliant     T                         漢字                                           fine
            """);
  }

  @Test
  void theNameOfANodeIsNeverCut() {
    String name = "a-host-with-a-very-long-name.example.org";
    assertThat(table.line(name, report("result_error", "c", "k", "m"))).contains(name + "  E ");
  }

  @Test
  void componentsThatSpanLinesArePutTogether() {
    assertThat(table.line("n", "R: @@T@@result_error@@r@@d@@0@@one of")).isEmpty();
    assertThat(table.line("n", " the components@@None@@2026##n@#bad"))
        .contains("one of the components")
        .endsWith("bad\n");
  }

  @Test
  void errorsRefusalsAndWhatIsCutOffAreAlwaysShown() {
    TableFormatter quiet = new TableFormatter(QUIET, 0);
    assertThat(quiet.line("n1", "   error: out of memory"))
        .isEqualTo("n1    ! error: out of memory\n");
    assertThat(quiet.line("n1", "EXEC denied role activation"))
        .isEqualTo("n1    ! EXEC denied role activation\n");
    assertThat(quiet.line("n1", "R: @@T@@result_succ")).isEmpty();
    assertThat(quiet.line("n1", report("result_success", "c", "k", "m")))
        .isEqualTo("n1    ! cut off: R: @@T@@result_succ\n");
    assertThat(quiet.told("n1", "17 bytes are missing here"))
        .isEqualTo("n1    ! 17 bytes are missing here\n");
  }

  @Test
  void whatTheAgentSaysBesidesIsShownToWhoAsks() {
    assertThat(table.line("n", "Rudder agent 9.0.0")).isEmpty();
    TableFormatter info = new TableFormatter(INFO, 0);
    assertThat(info.line("n", "Rudder agent 9.0.0")).isEqualTo("n       Rudder agent 9.0.0\n");
    assertThat(info.line("n", report("log_info", "c", "k", "m"))).contains("  info  ");
  }

  @Test
  void anAgentCannotMoveTheCursor() {
    assertThat(table.line("n", report("result_error", "c", "k", "\033[2Jgone")))
        .doesNotContain("\033")
        .contains("␛[2Jgone");
  }

  @Test
  void eachNodeIsSummedUpThenAllThenTheFailedOnes() {
    table.line("web-1", report("result_success", "c", "k", "m"));
    table.line("web-1", report("result_error", "c", "k", "m"));
    table.line("web-2", report("audit_noncompliant", "c", "k", "m"));
    table.ended("web-1", "exit status 0", false);
    assertThat(table.ended("db-1", "relay root: cannot connect (check that it is up)", true))
        .isEqualTo("db-1      ! relay root: cannot connect (check that it is up)\n");
    table.ended("web-2", "exit status 0", false);
    assertThat(table.end())
        .isEqualTo(
            """

            Summary
            web-1     exit status 0, 2 components: 1 compliant, 1 error
            web-2     exit status 0, 1 component: 1 audited non-compliant
            db-1      failed, 0 components
            3 nodes, 3 components: 1 compliant, 1 error, 1 audited non-compliant
            db-1      failed: relay root: cannot connect (check that it is up)
            """);
    assertThat(table.exitStatus(false, false)).isEqualTo(1);
  }

  @Test
  void outputOfCfRunagentIsTakenApart() throws IOException {
    TableFilter filter = new TableFilter(FormatOptions.defaults());
    String shown = filter(filter, "two_nodes") + new String(filter.end(), UTF_8);
    assertThat(shown)
        .contains("host-with-a-long-name.example.org  E error  ")
        .endsWith(
            """

            Summary
            192.0.2.10                         exit status 0, 2 components: 1 compliant, 1 error
            host-with-a-long-name.example.org  exit status 0, 2 components: 1 compliant, 1 error
            2 nodes, 4 components: 2 compliant, 2 error
            """);
    assertThat(filter.exitStatus(true, false)).isEqualTo(2);
  }

  @Test
  void aReportThatNeverEndsIsNotHeldForEver() {
    RudderFormatter rudder = new RudderFormatter(FormatOptions.defaults());
    rudder.feed("R: @@T@@result_error@@r@@d@@0@@c@@k".getBytes(UTF_8));
    byte[] filler = ("x".repeat(1000) + "\n").getBytes(UTF_8);
    for (int i = 0; i < 3000; i++) {
      rudder.feed(filler);
    }
    assertThat(
            new String(
                rudder.feed((report("result_error", "c", "k", "bad") + "\n").getBytes(UTF_8)),
                UTF_8))
        .endsWith("bad\n");
  }

  @Test
  void aRefusalIsAFailure() throws IOException {
    TableFilter filter = new TableFilter(QUIET);
    assertThat(filter(filter, "denied"))
        .isEqualTo("192.0.2.10  ! EXEC denied role activation (check cf-serverd verbose output)\n");
    assertThat(new String(filter.end(), UTF_8)).contains("192.0.2.10  failed: EXEC denied role");
    assertThat(filter.exitStatus(false, false)).isEqualTo(1);
  }

  private static String filter(TableFilter filter, String input) throws IOException {
    try (InputStream raw =
        TableFormatterTest.class.getResourceAsStream("rudder/" + input + ".raw")) {
      return new String(filter.feed(Objects.requireNonNull(raw).readAllBytes()), UTF_8);
    }
  }
}
