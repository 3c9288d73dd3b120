package io.remoterun.protocol.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayTest {

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "abc, 3",
    "Ünïcödé, 7",
    "e\u0301te\u0301, 3",
    "漢字, 4",
    "👍, 2",
    "👍🏽, 2",
    "1\ufe0f\u20e3, 2",
    "❤\ufe0f, 2",
    "❤, 1",
    "🇩🇪, 2",
    "🇩🇪🇫🇷, 4",
    "👩\u200d💻, 2",
    "a漢b, 4"
  })
  void widthIsWhatATerminalTakes(String text, int columns) {
    assertThat(Display.width(text)).isEqualTo(columns);
  }

  @Test
  void whatFitsIsFilledUpAndWhatDoesNotIsCut() {
    assertThat(Display.fitted("abc", 5)).isEqualTo("abc  ");
    assertThat(Display.fitted("abcde", 5)).isEqualTo("abcde");
    assertThat(Display.fitted("abcdef", 5)).isEqualTo("abcd…");
    assertThat(Display.fitted("漢字漢字", 5)).isEqualTo("漢字…");
    assertThat(Display.fitted("漢字漢字", 6)).isEqualTo("漢字… ");
    assertThat(Display.fitted("e\u0301te\u0301s", 3)).isEqualTo("e\u0301t…");
  }

  @Test
  void whatATerminalWouldObeyIsShownInstead() {
    assertThat(Display.visible("a\033[2Jb\tc\177\u009b")).isEqualTo("a␛[2Jb c␡\ufffd");
    assertThat(Display.visible("plain")).isEqualTo("plain");
  }

  @Test
  void whatTurnsATextOrCannotBeSeenIsReplaced() {
    assertThat(Display.visible("a\u202eb\u2066c\u200bd\u2028e\ufefff"))
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf");
    assertThat(Display.visible("👩\u200d💻 नि")).isEqualTo("👩\u200d💻 नि");
  }
}
