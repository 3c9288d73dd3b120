package io.remoterun.helper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.protocol.run.Condition;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

class HelperRequestFuzzTest {

  /** A request can be written in one way only, and has nothing in it that root did not mean. */
  @FuzzTest
  void isTakenToTheByteOrNotAtAll(byte[] input) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(input);
    HelperRequest request;
    try {
      request = HelperRequest.read(in);
    } catch (Refusal e) {
      assertThat(e.getMessage()).matches("[ -~]{1,200}");
      return;
    } catch (EOFException e) {
      return;
    }
    byte[] taken = Arrays.copyOf(input, input.length - in.available());
    assertThat(written(request)).isEqualTo(taken);
    assertThat(taken).hasSizeLessThanOrEqualTo(4 + HelperRequest.MOST_BYTES);
    byte[] cutOff = Arrays.copyOf(taken, taken.length - 1);
    assertThatThrownBy(() -> HelperRequest.read(new ByteArrayInputStream(cutOff)))
        .isInstanceOf(EOFException.class);
    // The node's rule for conditions is not looser than the helper's, and neither the other way.
    if (!request.conditions().isEmpty()) {
      assertThat(request.conditions().split(",", -1)).extracting(Condition::new).isNotEmpty();
    }
    assertThat(request.job()).matches("[a-zA-Z0-9_-]+");
    assertThat(request.toString()).matches("[ -~]+");
    assertThat(request.toString().chars().filter(c -> c == '"')).hasSize(2);
  }

  private static byte[] written(HelperRequest request) {
    byte[] body =
        String.join(
                "\n",
                "remote-run 1",
                request.job(),
                request.run(),
                request.conditions(),
                request.askedBy(),
                "")
            .getBytes(US_ASCII);
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }
}
