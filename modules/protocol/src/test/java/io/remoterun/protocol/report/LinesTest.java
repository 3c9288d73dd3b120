package io.remoterun.protocol.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final int MOST_BYTES = 1 << 20;

  private final List<byte[]> found = new ArrayList<>();
  private final Lines lines = new Lines(MOST_BYTES, found::add);

  @Test
  void linesAreTheSameHoweverTheirBytesCome() {
    byte[] text = "first\n\nthird, é\nwithout an end".getBytes(UTF_8);
    for (byte b : text) {
      lines.feed(new byte[] {b});
    }
    lines.end();
    assertThat(texts()).containsExactly("first", "", "third, é", "without an end");
    found.clear();

    lines.feed(text);
    lines.end();
    assertThat(texts()).containsExactly("first", "", "third, é", "without an end");
  }

  @Test
  void ofALineWithoutAnEndNoMoreThanTheLimitIsHeld() {
    byte[] piece = new byte[300_000];
    for (int i = 0; i < 8; i++) {
      lines.feed(piece);
    }
    assertThat(found).hasSize(2).allSatisfy(line -> assertThat(line).hasSize(MOST_BYTES));
    lines.end();
    assertThat(found.getLast()).hasSize(8 * piece.length - 2 * MOST_BYTES);
  }

  private List<String> texts() {
    return found.stream().map(line -> new String(line, UTF_8)).toList();
  }
}
