package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportReaderTest {
  private static final String TIME = "2026-11-02 08:15:01+00:00";

  private final List<Report> reports = new ArrayList<>();
  private final ReportReader reader = new ReportReader(reports::add);

  private static Report report(
      String state, Mode mode, String rule, String directive, String component, String key) {
    return new Report(
        "Té", state, mode, rule, directive, component, key, TIME, "node-1", "a @@ ## @# b");
  }

  private static String line(Report report) {
    return "R: @@%s@@%s@@%s@@%s@@7@@%s@@%s@@%s##%s@#%s\n"
        .formatted(
            report.technique(),
            report.state(),
            report.rule(),
            report.directive(),
            report.component(),
            report.key(),
            report.time(),
            report.node(),
            report.message());
  }

  @Test
  void everyFieldOfEveryReportIsThereHoweverTheBytesCome() {
    List<Report> expected =
        List.of(
            report("control", Mode.NONE, "rudder", "run", "start", "config"),
            report("result_error", Mode.ENFORCE, "r1", "d1", "package", "vim"),
            report("audit_new", Mode.AUDIT, "r2", "d2", "", "None"),
            report("log_info", Mode.NONE, "r3", "d3", "file of lines", "漢字"),
            report("control", Mode.NONE, "rudder", "run", "end", "config"));
    StringBuilder output = new StringBuilder("Rudder agent 9.0.0\n");
    expected.forEach(it -> output.append("2026-11-02T08:15:01+00:00 ").append(line(it)));
    output.insert(output.indexOf(" of lines"), "\n2026-11-02T08:15:01+00:00");
    output.insert(output.indexOf("R: @@Té@@audit"), "   error: x\n").setLength(output.length() - 1);
    byte[] bytes = output.toString().getBytes(UTF_8);
    for (int pieces : List.of(1, 5, bytes.length)) {
      reports.clear();
      for (int from = 0; from < bytes.length; from += pieces) {
        reader.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + pieces)));
      }
      assertThat(reports).hasSize(4);
      reader.end();
      assertThat(reports).isEqualTo(expected);
    }
  }

  @Test
  void aReportIsToldAtOnceAndWhatIsCutOffIsNot() {
    reader.feed("R: @@T@@result_succ\n".getBytes(UTF_8));
    Report whole = report("result_error", Mode.ENFORCE, "r", "d", "c", "k");
    reader.feed(line(whole).getBytes(UTF_8));
    assertThat(reports).containsExactly(whole);
    reader.feed("R: @@T@@result_error@@r@@d@@7@@c@@k@@".getBytes(UTF_8));
    reader.end();
    assertThat(reports).containsExactly(whole);
  }
}
