package io.remoterun.webapp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.report.FormatOptions;
import io.remoterun.protocol.report.TableFormatter;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page and the command line have the same words for the same reports. */
class ReportWordsTest {
  private static final Pattern STATE = Pattern.compile("  (\\w+): \\[\"\\w+\", \"(.+)\"],");
  private static final List<String> RESULTS =
      List.of(
          "result_success",
          "result_repaired",
          "result_na",
          "result_error",
          "audit_compliant",
          "audit_na",
          "audit_noncompliant",
          "audit_error");

  @Test
  void thePageCountsResultsByTheCommandLinesWords() throws IOException {
    Map<String, String> words = wordsOfThePage();
    TableFormatter formatter = new TableFormatter(FormatOptions.defaults(), 1);
    RESULTS.forEach(state -> formatter.line("n", report(state)));
    assertThat(formatter.end())
        .contains(
            RESULTS.stream()
                .map(state -> "1 " + words.get(state))
                .collect(Collectors.joining(", ", "1 node, 8 components: ", "")));
    assertThat(words.keySet().stream().filter(state -> state.matches("(result|audit)_.*")))
        .containsExactlyElementsOf(RESULTS);
  }

  @Test
  void thePageNamesLogsByTheCommandLinesWords() throws IOException {
    FormatOptions info = new FormatOptions(true, false, false, false, false, false, false, true);
    Map<String, String> logs = wordsOfThePage();
    logs.keySet().removeAll(RESULTS);
    assertThat(logs).hasSize(5);
    logs.forEach(
        (state, word) ->
            assertThat(new TableFormatter(info, 1).line("n", report(state))).contains(word));
  }

  private static Map<String, String> wordsOfThePage() throws IOException {
    try (InputStream file = ReportWordsTest.class.getResourceAsStream("page/assets/reports.js")) {
      String script = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return STATE
          .matcher(script)
          .results()
          .collect(
              Collectors.toMap(
                  found -> found.group(1),
                  found -> found.group(2),
                  (one, two) -> one,
                  LinkedHashMap::new));
    }
  }

  private static String report(String state) {
    return "R: @@t@@" + state + "@@r@@d@@0@@c@@k@@2026-01-01 00:00:00+00:00##n@#m";
  }
}
