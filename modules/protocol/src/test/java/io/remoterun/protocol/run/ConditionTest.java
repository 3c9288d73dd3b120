package io.remoterun.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z9", "0", "force_inventory", "a_"})
  void takesLettersDigitsAndUnderscores(String text) {
    assertThat(new Condition(text).value()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "_a",
        "a b",
        "a\n",
        "a\r\n",
        "\na",
        "a\u0085",
        "a\u2028",
        "a\u0000",
        "a,b",
        "-D",
        "a:b",
        "é",
        "条件",
        "a;reboot",
        "$(reboot)"
      })
  void refusesAllElseInItsWholeLength(String text) {
    assertThatThrownBy(() -> new Condition(text))
        .isInstanceOf(BadRequest.class)
        .hasMessageMatching(
            "invalid condition: [^\\p{Cntrl}\\u2028]*, should match "
                + "\\^\\[a-zA-Z0-9\\]\\[a-zA-Z0-9_\\]\\*\\$");
  }

  @Test
  void saysItInTheWordsOfRelayd() {
    assertThatThrownBy(() -> new Condition("class~1"))
        .hasMessage("invalid condition: class~1, should match ^[a-zA-Z0-9][a-zA-Z0-9_]*$");
    assertThatThrownBy(() -> new Condition("X".repeat(1025)))
        .hasMessageEndingWith(", should have less then 1024 chars");
  }

  @Test
  void hasAtMost1024Characters() {
    assertThat(new Condition("X".repeat(1024)).value()).hasSize(1024);
    assertThatThrownBy(() -> new Condition("X".repeat(1025))).isInstanceOf(BadRequest.class);
  }
}
