package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;

class HelperAnswerFuzzTest {

  /** The node takes an answer that the helper can have meant, or says that it is none. */
  @FuzzTest
  void isUnderstoodOrNoAnswer(byte[] input) throws IOException {
    HelperAnswer answer;
    try {
      answer = HelperAnswer.read(new DataInputStream(new ByteArrayInputStream(input)));
    } catch (IOException e) {
      return;
    }
    if (isText(answer) && answer.toString().getBytes(UTF_8).length > HelperAnswer.MOST_BYTES / 4) {
      return; // A byte that is no UTF-8 becomes three, which may be too many to be told again.
    }
    byte[] again = answer.toBytes();
    assertThat(HelperAnswer.read(new DataInputStream(new ByteArrayInputStream(again))))
        .isEqualTo(answer);
  }

  private static boolean isText(HelperAnswer answer) {
    return !(answer instanceof HelperAnswer.Output);
  }
}
