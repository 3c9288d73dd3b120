package io.remoterun.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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

  private static final String CANCELLED =
      """
      {"id":"r","state":"ended","targets":{"nodes":["n1"]},"nodes":[
       {"id":"n1","hostname":"web.example","state":"stopped","durationMs":1200,"failure":
        {"hop":"node n1","reason":"the agent was stopped: killed by signal 15 (TERM)","advice":"trigger it again"}},
       {"id":"n2","hostname":"shop.example","state":"stopped","failure":
        {"hop":"relay r1","reason":"it had not begun","advice":"trigger it again"}},
       {"id":"n3","hostname":"db.example","state":"succeeded","exitCode":0}]}
      """;

  @Test
  void aNodeIsNotToldAsItsOwnHopAndAdviceIsGivenOnce() {
    assertThat(RunWords.nodes(JsonMapper.shared().readTree(CANCELLED)))
        .isEqualTo(
            """

            NODE          STATE      TOOK   HOW IT ENDED
            web.example   stopped    1.2 s  the agent was stopped: killed by signal 15 (TERM)
            shop.example  stopped    -      relay r1: it had not begun
            db.example    succeeded  -      exit status 0

            web.example, shop.example: trigger it again
            """);
  }

  @Test
  void aRunOfOneNodeNamesIt() {
    assertThat(RunWords.head(JsonMapper.shared().readTree(CANCELLED)).lines())
        .contains("  targets      web.example (n1)");
    String without = "{\"id\":\"r\",\"targets\":{\"nodes\":[\"n9\"]}}";
    assertThat(RunWords.head(JsonMapper.shared().readTree(without)).lines())
        .contains("  targets      n9");
  }
}
