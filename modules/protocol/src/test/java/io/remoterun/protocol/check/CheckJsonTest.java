package io.remoterun.protocol.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.protocol.check.CheckStep.Step;
import io.remoterun.protocol.run.RunFailure;
import io.remoterun.protocol.run.RunFailure.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckJsonTest {

  @Test
  void whatIsWrittenIsRead() {
    List<CheckStep> steps =
        List.of(
            CheckStep.ok("relay root", Step.CONNECT, "h:1 accepts", 3),
            CheckStep.unknown("relay root", Step.AGENT, "a run tells"),
            CheckStep.failed(Step.KEY, new RunFailure(Kind.WRONG_KEY, "relay a", "another"), 12));

    assertThat(CheckJson.decode(CheckJson.encode(steps))).isEqualTo(steps);
  }

  @Test
  void namesAreLowerCaseAndAnAdviceIsThereOnlyWhereItIsNeeded() {
    List<CheckStep> steps = List.of(CheckStep.ok("relay root", Step.CONNECT, "h:1 accepts", 3));

    assertThat(new String(CheckJson.encode(steps), UTF_8))
        .isEqualTo(
            "{\"steps\":[{\"hop\":\"relay root\",\"step\":\"connect\",\"state\":\"ok\","
                + "\"words\":\"h:1 accepts\",\"ms\":3}]}\n");
  }

  @Test
  void whatASubRelaySaysCannotDriveATerminal() {
    String json =
        """
        {"steps":[{"hop":"a\\u001b[2J","step":"tls","state":"ok","words":"b\\n\\u202e","ms":-1}]}
        """;

    assertThat(CheckJson.decode(json.getBytes(UTF_8)))
        .containsExactly(CheckStep.ok("a?[2J", Step.TLS, "b??", 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"steps\":{}}",
        "{\"steps\":[1]}",
        "{\"steps\":[{\"step\":\"x\",\"state\":\"ok\"}]}",
        "{\"steps\":[{\"step\":\"tls\"}]}"
      })
  void whatIsNoStepsIsRefused(String json) {
    assertThatThrownBy(() -> CheckJson.decode(json.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
