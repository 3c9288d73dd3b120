package io.remoterun.webapp.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.run.BadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopAfterTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0, 10, false",
    "1, 1, 10, true",
    "3, 2, 10, false",
    "3, 3, 10, true",
    "5%, 0, 10, false",
    "5%, 1, 10, true",
    "5%, 4, 100, false",
    "5%, 5, 100, true",
    "100%, 99, 100, false",
    "100%, 100, 100, true",
    "never, 10, 10, false"
  })
  void countsNodesThatDidNotSucceed(String text, int unsuccessful, int targets, boolean reached) {
    assertThat(StopAfter.parse(text).isReached(unsuccessful, targets)).isEqualTo(reached);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0%", "101%", "-1", "5 %", "%", "1.5", "always", "1234567890"})
  void anythingElseIsRefused(String text) {
    assertThatExceptionOfType(BadRequest.class)
        .isThrownBy(() -> StopAfter.parse(text))
        .withMessageStartingWith("invalid stopAfter: ");
  }

  @Test
  void isWrittenAsItIsRead() {
    for (String text : new String[] {"5", "5%", "never"}) {
      assertThat(StopAfter.parse(text)).hasToString(text);
    }
  }
}
