package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded with gawk 5.2.1 in the locale C.UTF-8. */
class CharactersTest {

  @ParameterizedTest
  @CsvSource({
    "A, 1, 1",
    "c3, 0, 0",
    "c3a9, 2, 2",
    "c341, 0, 0",
    "c080, 0, 0",
    "c1bf, 0, 0",
    "e09fbf, 0, 0",
    "e0a080, 3, 3",
    "e282, 0, 0",
    "ed9fbf, 3, 3",
    "eda080, 0, 3",
    "edbfbf, 0, 3",
    "efbfbf, 3, 3",
    "f08fbfbf, 0, 0",
    "f0908080, 4, 4",
    "f4908080, 4, 4",
    "f7bfbfbf, 4, 4",
    "f888808080, 5, 5",
    "fdbfbfbfbfbf, 6, 6",
    "fe, 0, 0",
    "ff, 0, 0",
    "80, 0, 0"
  })
  void sequencesAreWhatTheCLibraryTakes(String hex, int size, int sizeForDot) {
    byte[] bytes = bytes(hex);
    assertThat(Characters.size(bytes, 0, bytes.length)).isEqualTo(size);
    assertThat(Characters.sizeForDot(bytes, 0, bytes.length)).isEqualTo(sizeForDot);
  }

  private static byte[] bytes(String hex) {
    return hex.equals("A") ? new byte[] {'A'} : HexFormat.of().parseHex(hex);
  }

  private static int printed(String latin) {
    byte[] bytes = latin.getBytes(ISO_8859_1);
    return Characters.printed(bytes, 0, bytes.length);
  }

  @Test
  void aBadByteEndsWhatIsPrintedUnlessItIsTheFirst() {
    assertThat(printed("")).isZero();
    assertThat(printed("abc")).isEqualTo(3);
    assertThat(printed("caf\u00e9")).isEqualTo(3);
    assertThat(printed("caf\0e")).isEqualTo(3);
    assertThat(printed("\u00ffcaf")).isEqualTo(4);
    assertThat(printed("\0caf\u00c3\u00a9")).isEqualTo(6);
  }
}
