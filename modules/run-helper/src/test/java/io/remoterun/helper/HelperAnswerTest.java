package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelperAnswerTest {
  private static final List<HelperAnswer> ALL =
      List.of(
          new HelperAnswer.Refused("because"),
          new HelperAnswer.Busy("two are there"),
          new HelperAnswer.NotStarted("no such file"),
          new HelperAnswer.Started(42, "/bin/agent -D a b"),
          new HelperAnswer.Output(ByteBuffer.wrap(new byte[] {0, 1, -1, 10})),
          new HelperAnswer.Ended(new AgentEnd.Exited(3)),
          new HelperAnswer.Ended(new AgentEnd.Killed(15)));

  @Test
  void areReadAsTheyWereTold() throws IOException {
    for (HelperAnswer answer : ALL) {
      assertThat(read(answer.toBytes())).isEqualTo(answer);
    }
  }

  @Test
  void halfAnAnswerIsNone() {
    for (HelperAnswer answer : ALL) {
      byte[] bytes = answer.toBytes();
      for (int size = 0; size < bytes.length; size++) {
        byte[] part = Arrays.copyOf(bytes, size);
        assertThatThrownBy(() -> read(part)).isInstanceOf(EOFException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Z\0\0\0\0",
        "O\u007f\0\0\0",
        "X\0\0\0\0",
        "X\0\0\0\1x",
        "K\0\0\0\1-",
        "S\0\0\0\1" + "1",
        "S\0\0\0\3x y"
      })
  void anythingElseIsAnError(String bytes) {
    assertThatThrownBy(() -> read(bytes.getBytes(ISO_8859_1)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(EOFException.class)
        .hasMessageStartingWith("an answer");
  }

  private static HelperAnswer read(byte[] bytes) throws IOException {
    return HelperAnswer.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}
