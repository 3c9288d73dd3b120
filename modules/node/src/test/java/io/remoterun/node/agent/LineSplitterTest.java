package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.OutputBytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter =
      new LineSplitter(line -> lines.add(new String(line.toByteArray(), ISO_8859_1)));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void cutsAfterEachLineFeedHoweverItComes(int chunk) {
    add("one\n\n\r\ntwo\0\u00ff\nrest", chunk);
    assertThat(lines).containsExactly("one\n", "\n", "\r\n", "two\0\u00ff\n");

    splitter.flush();
    splitter.flush();
    assertThat(lines).endsWith("rest").hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 8192, 1 << 20})
  void cutsALongLineIntoPieces(int chunk) {
    String line = "x".repeat(2 * LineSplitter.MOST_BYTES) + "\n";
    add(line + "next\n", chunk);

    assertThat(lines).hasSize(4).endsWith("\n", "next\n");
    assertThat(String.join("", lines)).isEqualTo(line + "next\n");
  }

  @Test
  void aLineOfExactlyTheBoundIsOne() {
    String line = "x".repeat(LineSplitter.MOST_BYTES - 1) + "\n";
    add(line + line, 8192);

    assertThat(lines).containsExactly(line, line);
  }

  private void add(String text, int chunk) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    for (int from = 0; from < bytes.length; from += chunk) {
      int length = Math.min(chunk, bytes.length - from);
      byte[] buffer = new byte[chunk];
      System.arraycopy(bytes, from, buffer, 0, length);
      splitter.add(buffer, length);
    }
  }

  @Test
  void copiesWhatItIsGiven() {
    byte[] buffer = "ab".getBytes(ISO_8859_1);
    List<OutputBytes> kept = new ArrayList<>();
    LineSplitter other = new LineSplitter(kept::add);
    other.add(buffer, 2);
    buffer[0] = 'X';
    other.flush();

    assertThat(kept).containsExactly(OutputBytes.ofUtf8("ab"));
  }
}
