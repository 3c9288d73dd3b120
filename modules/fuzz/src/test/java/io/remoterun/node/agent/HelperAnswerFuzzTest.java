package io.remoterun.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

class HelperAnswerFuzzTest {

  /** The node takes what says its length and is complete, or says that it is no answer. */
  @FuzzTest
  void isUnderstoodOrNoAnswer(byte[] input) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(input);
    HelperAnswer answer;
    try {
      answer = HelperAnswer.read(new DataInputStream(in));
    } catch (IOException e) {
      return;
    }
    int taken = input.length - in.available();
    int length = ByteBuffer.wrap(input, 1, 4).getInt();
    assertThat(length).isBetween(0, HelperAnswer.MOST_BYTES);
    assertThat(taken).isEqualTo(5 + length);
    if (answer instanceof HelperAnswer.Output(ByteBuffer bytes)) {
      assertThat(bytes).isEqualTo(ByteBuffer.wrap(Arrays.copyOfRange(input, 5, taken)));
    }
  }
}
