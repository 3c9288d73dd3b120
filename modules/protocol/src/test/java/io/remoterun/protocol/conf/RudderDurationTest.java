package io.remoterun.protocol.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RudderDurationTest {

  @ParameterizedTest
  @CsvSource({
    "42s, PT42S",
    "30min 20s, PT30M20S",
    "1h, PT1H",
    "2h30m, PT2H30M",
    "1day 12 hours, PT36H",
    "1week, PT168H",
    "500ms, PT0.5S",
    "2, PT2S",
    "0, PT0S",
  })
  void isReadAsRudderReadsIt(String text, Duration expected) {
    assertThat(RudderDuration.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "s", "-1s", "1.5s", "1 fortnight", "1s,2s", "PT1S", "9999999999999999999s"})
  void anythingElseIsNone(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> RudderDuration.parse(text));
  }
}
