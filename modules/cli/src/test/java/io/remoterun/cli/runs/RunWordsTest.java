package io.remoterun.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RunWordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT2H, 2 h",
    "PT1H30M, 1 h 30 min",
    "PT90S, 1 min 30 s",
    "PT0.5S, 500 ms",
    "P1DT1S, 24 h 1 s",
    "soon, soon"
  })
  void aDeadlineIsInWords(String told, String shown) {
    String run = "{\"id\":\"r\",\"state\":\"running\",\"deadline\":\"%s\"}".formatted(told);

    assertThat(RunWords.head(JsonMapper.shared().readTree(run)).lines())
        .contains("  deadline     " + shown);
  }
}
