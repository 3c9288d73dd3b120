package io.remoterun.node.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remoterun.process.AgentEnd;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelperAnswerTest {
  private static final Map<String, HelperAnswer> ALL =
      Map.of(
          "R\0\0\0\7because",
          new HelperAnswer.Refused("because"),
          "B\0\0\0\3two",
          new HelperAnswer.Busy("two"),
          "N\0\0\0\4none",
          new HelperAnswer.NotStarted("none"),
          "S\0\0\0\0232 5 /bin/agent -D a",
          new HelperAnswer.Started(2, Duration.ofSeconds(5), "/bin/agent -D a"),
          "O\0\0\0\4\0\1\u00ff\n",
          new HelperAnswer.Output(ByteBuffer.wrap(new byte[] {0, 1, -1, 10})),
          "X\0\0\0\0013",
          new HelperAnswer.Ended(new AgentEnd.Exited(3), false),
          "K\0\0\0\00215",
          new HelperAnswer.Ended(new AgentEnd.Killed(15), false),
          "K\0\0\0\0069 left",
          new HelperAnswer.Ended(new AgentEnd.Killed(9), true));

  @Test
  void areReadAsTheHelperTellsThem() throws IOException {
    for (Map.Entry<String, HelperAnswer> each : ALL.entrySet()) {
      assertThat(read(each.getKey().getBytes(ISO_8859_1))).isEqualTo(each.getValue());
    }
  }

  @Test
  void halfAnAnswerIsNone() {
    for (String answer : ALL.keySet()) {
      byte[] bytes = answer.getBytes(ISO_8859_1);
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
        "X\0\0\0\0053 lef",
        "X\0\0\0\5 left",
        "K\0\0\0\1-",
        "S\0\0\0\1" + "1",
        "S\0\0\0\0032 5",
        "S\0\0\0\5x 5 y",
        "S\0\0\0\0052 x y"
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
