package io.remoterun.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.OutputBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WholeLinesTest {
  private final WholeLines lines = new WholeLines(5);

  @Test
  void passesWholeLinesOn() {
    assertThat(add("one\n")).containsExactly("one\n");
    assertThat(add("\n")).containsExactly("\n");
    assertThat(add("four\n")).containsExactly("four\n");
  }

  @Test
  void joinsPieces() {
    assertThat(add("o")).isEmpty();
    assertThat(add("n")).isEmpty();
    assertThat(add("e\n")).containsExactly("one\n");
  }

  @Test
  void cutsWhatIsLongerThanTheBound() {
    assertThat(add("123456789012\n")).containsExactly("12345", "67890", "12\n");
    assertThat(add("123")).isEmpty();
    assertThat(add("4567\n")).containsExactly("12345", "67\n");
  }

  @Test
  void givesTheRestOnce() {
    add("no end");

    assertThat(texts(lines.flush())).containsExactly("d");
    assertThat(lines.flush()).isEmpty();
    assertThat(add("one\n")).containsExactly("one\n");
  }

  @Test
  void cutsBytesIntoLines() {
    byte[] bytes = "a\nb\n\nlonger than\nrest+".getBytes(StandardCharsets.UTF_8);

    assertThat(texts(lines.addLines(bytes, bytes.length - 1)))
        .containsExactly("a\n", "b\n", "\n", "longe", "r tha", "n\n");
    assertThat(texts(lines.flush())).containsExactly("rest");
    assertThat(lines.addLines(bytes, 0)).isEmpty();
  }

  private List<String> add(String piece) {
    return texts(lines.add(OutputBytes.ofUtf8(piece)));
  }

  private static List<String> texts(List<OutputBytes> bytes) {
    return bytes.stream().map(OutputBytes::toUtf8).toList();
  }
}
