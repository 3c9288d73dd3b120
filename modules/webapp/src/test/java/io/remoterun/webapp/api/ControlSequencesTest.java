package io.remoterun.webapp.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlSequencesTest {
  @ParameterizedTest
  @CsvSource({
    "a^[31mb^[0mc,abc",
    "^[1;38;5;196mred,red",
    "^[2K^[1Gline,line",
    "^]0;title~text,text",
    "^]8;;http://x^\\link,link",
    "^(Btext,text",
    "^Mup,up",
    "ü^[0mß,üß",
    "^[31;\\nnext,\\nnext",
    "^,''",
    "^^[31mx,x"
  })
  void areTakenOffHoweverTheBytesAreCut(String written, String expected) {
    byte[] bytes = bytes(written);
    for (int cut = 0; cut <= bytes.length; cut++) {
      ControlSequences sequences = new ControlSequences();
      String text =
          new String(sequences.takeOff(Arrays.copyOfRange(bytes, 0, cut)), ISO_8859_1)
              + new String(
                  sequences.takeOff(Arrays.copyOfRange(bytes, cut, bytes.length)), ISO_8859_1);
      assertThat(text).isEqualTo(new String(bytes(expected), ISO_8859_1));
    }
  }

  private static byte[] bytes(String written) {
    return written
        .replace('^', '\u001b')
        .replace('~', '\u0007')
        .replace("\\n", "\n")
        .getBytes(UTF_8);
  }
}
