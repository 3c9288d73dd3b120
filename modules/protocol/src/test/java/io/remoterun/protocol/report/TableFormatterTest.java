package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
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
    assertThat(quiet.missing("n1", 17)).isEqualTo("n1    ! 17 bytes of output are missing here\n");
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
  void timesThatAnAgentPutsBeforeItsLinesAreNoPartOfThem() {
    String time = "2026-11-02T08:15:01+00:00 ";
    TableFormatter quiet = new TableFormatter(QUIET, 0);
    assertThat(quiet.line("n1", time + report("result_error", "c", "k", "bad"))).endsWith(" bad\n");
    assertThat(quiet.line("n1", time + "   error: out of memory"))
        .isEqualTo("n1    ! error: out of memory\n");
    assertThat(quiet.line("n1", time + "R: @@T@@result_error@@r@@d@@0@@one of")).isEmpty();
    assertThat(quiet.line("n1", time + "the components@@None@@2026##n@#worse"))
        .contains("one of the components")
        .endsWith(" worse\n");
    assertThat(quiet.line("n1", "2026-11-02T08:15:01Z R: @@T@@result_succ")).isEmpty();
    assertThat(quiet.line("n1", time + report("result_success", "c", "k", "m")))
        .isEqualTo("n1    ! cut off: R: @@T@@result_succ\n");
    assertThat(quiet.end()).contains("3 components: 1 compliant, 2 error");
    assertThat(quiet.exitStatus(true, false)).isEqualTo(2);
  }

  @Test
  void anErrorInTheMiddleOfAReportIsShownAndTheReportGoesOn() {
    assertThat(table.line("n", "R: @@T@@result_error@@r@@d@@0@@one of")).isEmpty();
    assertThat(table.line("n", "   error: no disk")).isEqualTo("n         ! error: no disk\n");
    assertThat(table.line("n", " two@@None@@2026##n@#bad")).contains("one of two");
  }

  @Test
  void whereOutputIsMissingNobodyKnowsThatThereWasNoError() {
    table.line("n", report("audit_noncompliant", "c", "k", "m"));
    table.missing("n", 17);
    table.missing("n", 4);
    assertThat(table.end()).contains("non-compliant, 21 bytes of output are missing\n");
    assertThat(table.exitStatus(false, false)).isZero();
    assertThat(table.exitStatus(true, false)).isEqualTo(1);
    assertThat(table.exitStatus(false, true)).isEqualTo(1);
    table.line("n", report("result_error", "c", "k", "m"));
    assertThat(table.exitStatus(true, false)).isEqualTo(2);
  }

  @Test
  void onlyAReportAboutTheRunFramesIt() {
    assertThat(table.line("n", report("control", "start", "k", "m"))).contains("  control  ");
    String run = report("control", "other", "k", "m").replace("@@r@@d@@", "@@rudder@@run@@");
    assertThat(table.line("n", run)).contains("  control  ");
    assertThat(table.line("n", run.replace("other", "start"))).isEmpty();
  }

  @Test
  void aStateThatIsNotKnownHasTheModeItBeginsWith() {
    assertThat(table.line("n", report("result_new", "c", "k", "m")))
        .contains("n         E result_new");
    assertThat(table.line("n", report("audit_new", "c", "k", "m")))
        .contains("n         A audit_new");
    assertThat(table.line("n", report("new", "c", "k", "m"))).contains("n           new");
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
  void aRefusalIsAFailure() throws IOException {
    TableFilter filter = new TableFilter(QUIET);
    assertThat(filter(filter, "denied"))
        .isEqualTo("192.0.2.10  ! EXEC denied role activation (check cf-serverd verbose output)\n");
    assertThat(new String(filter.end(), UTF_8)).contains("192.0.2.10  failed: EXEC denied role");
    assertThat(filter.exitStatus(false, false)).isEqualTo(1);
  }

  private static TableFilter filter(boolean isRaw, boolean isFull, boolean hasHosts) {
    return new TableFilter(
        new FormatOptions(false, false, false, isRaw, false, false, isFull, hasHosts));
  }

  @Test
  void linesWithTimesAreTheSameTable() throws IOException {
    TableFilter filter = filter(false, false, true);
    assertThat(filter(filter, "timestamped"))
        .contains("! error: Method failed\n", "first second ", "! cut off: R: @@SSH@@result_na");
    assertThat(new String(filter.end(), UTF_8))
        .contains("192.0.2.10  exit status 0, 6 components: 1 compliant, 1 repaired, 1 error,");
    assertThat(filter.exitStatus(true, false)).isEqualTo(2);
  }

  @Test
  void rawLinesAreAllThereAsTheyAre() throws IOException {
    for (String input : List.of("denied", "two_nodes", "local_agent", "timestamped", "bytes")) {
      byte[] raw = resource(input);
      assertThat(filter(true, false, true).feed(raw)).isEqualTo(raw);
    }
    TableFilter filter = filter(true, false, true);
    filter.feed(resource("denied"));
    assertThat(new String(filter.end(), UTF_8))
        .startsWith("\nSummary\n")
        .contains("192.0.2.10  failed: EXEC denied");
  }

  @Test
  void withoutAColumnOfHostsOnlyWhatCfRunagentPrintsHasAHost() throws IOException {
    TableFilter filter = filter(false, false, false);
    filter.feed("bash> rm x\nmysql> select 1\nhint> -x\n".getBytes(UTF_8));
    assertThat(new String(filter.end(), UTF_8)).contains("\nlocalhost  0 components\n1 node, ");
    assertThat(filter.exitStatus(false, false)).isZero();

    TableFilter denied = filter(false, false, false);
    denied.feed(resource("denied"));
    assertThat(denied.exitStatus(false, false)).isEqualTo(1);
    TableFilter many = filter(false, false, false);
    many.feed(resource("two_nodes"));
    assertThat(new String(many.end(), UTF_8)).contains("2 nodes, 4 components");
  }

  @Test
  void aRunForAllComponentsThatHasNoEndWasInterrupted() throws IOException {
    TableFilter filter = filter(false, true, true);
    filter.feed(resource("interrupted"));
    assertThat(new String(filter.end(), UTF_8))
        .startsWith("192.0.2.10  ! the agent was interrupted: its run has no end\n");
    assertThat(filter.exitStatus(false, false)).isEqualTo(1);

    TableFilter whole = filter(false, true, true);
    whole.feed(resource("two_nodes"));
    whole.end();
    assertThat(whole.exitStatus(false, false)).isZero();

    TableFilter nothing = filter(false, true, true);
    nothing.end();
    assertThat(nothing.exitStatus(false, false)).isEqualTo(1);
  }

  private static byte[] resource(String input) throws IOException {
    try (InputStream raw =
        TableFormatterTest.class.getResourceAsStream("rudder/" + input + ".raw")) {
      return Objects.requireNonNull(raw).readAllBytes();
    }
  }

  private static String filter(TableFilter filter, String input) throws IOException {
    return new String(filter.feed(resource(input)), UTF_8);
  }
}
