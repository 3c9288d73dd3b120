package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {

  /** Bytes beside the one that is looked for, and above 127, are what eight at a time get wrong. */
  @Test
  void textsAreFoundWhereStringsFindThem() {
    Random random = new Random(1);
    String letters = "@@>- \u0000\u0001?A\u00c0\u00ff";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      byte[] bytes = text.toString().getBytes(ISO_8859_1);
      int from = random.nextInt(bytes.length + 1);
      for (String wanted : new String[] {"@@", "@?", "> ->"}) {
        assertThat(Bytes.find(bytes, from, bytes.length, wanted))
            .as("%s from %d in %s", wanted, from, text)
            .isEqualTo(text.indexOf(wanted, from));
      }
      int last = text.lastIndexOf("> ->");
      assertThat(Bytes.findLast(bytes, 0, bytes.length, "> ->")).isEqualTo(last);
    }
  }

  /** Each byte in each place of eight, and beyond. */
  @Test
  void oneByteThatIsDifferentIsSeenWhereverItIs() {
    for (int value = 0; value < 256; value++) {
      for (int place = 0; place < 19; place++) {
        byte[] bytes = "a".repeat(19).getBytes(ISO_8859_1);
        bytes[place] = (byte) value;
        assertThat(Bytes.isAscii(bytes, 0, 19)).isEqualTo(value < 128);
        assertThat(Bytes.isText(bytes, 0, 19)).isEqualTo(value > 0 && value < 128);
        assertThat(Bytes.isPlain(bytes, 0, 19)).isEqualTo(value >= ' ' && value < 127);
        assertThat(Bytes.isPlain(bytes, place + 1, 19)).isTrue();
      }
    }
  }

  @Test
  void nothingIsFoundBehindTheEnd() {
    byte[] bytes = "0123456789@@".getBytes(ISO_8859_1);
    assertThat(Bytes.find(bytes, 0, 11, "@@")).isEqualTo(-1);
    assertThat(Bytes.find(bytes, 0, 10, '@')).isEqualTo(-1);
    assertThat(Bytes.find(bytes, 0, 3, "0123456789")).isEqualTo(-1);
  }
}
