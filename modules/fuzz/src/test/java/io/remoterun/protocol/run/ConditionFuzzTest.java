package io.remoterun.protocol.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Shown;

class ConditionFuzzTest {

  /** Letters, digits and underscores, at most 1024, no underscore first: nothing else at all. */
  @FuzzTest
  void isWhatRelaydTakesAndNothingElse(byte[] input) {
    String value = new String(input, UTF_8);
    try {
      assertThat(new Condition(value).value()).isEqualTo(value);
      assertThat(isCondition(value)).isTrue();
    } catch (BadRequest e) {
      assertThat(isCondition(value)).isFalse();
      assertThat(e).hasMessageStartingWith("invalid condition: ");
      Shown.assertIsSafe(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isCondition(String value) {
    return !value.isEmpty()
        && value.length() <= 1024
        && value.charAt(0) != '_'
        && value.chars().allMatch(ConditionFuzzTest::isWordCharacter);
  }

  private static boolean isWordCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
