package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Shown;
import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.OutputBytes;
import java.util.stream.Collectors;

class ExecRequestFuzzTest {

  /** What is executed is what was asked for, to the last byte, and can be asked for again. */
  @FuzzTest
  void executesWhatWasAskedFor(byte[] input) {
    String text = new String(input, ISO_8859_1);
    OutputBytes payload = OutputBytes.copyOf(input);
    assertThat(ExecRequest.isExec(payload))
        .isEqualTo(text.equals("EXEC") || text.startsWith("EXEC "));
    if (!ExecRequest.isExec(payload)) {
      return;
    }
    ExecRequest request;
    try {
      request = ExecRequest.decode(payload);
    } catch (BadRequest e) {
      Shown.assertIsSafe(String.valueOf(e.getMessage()));
      return;
    }
    String conditions =
        request.conditions().stream().map(Condition::value).collect(Collectors.joining(","));
    String asked = text.replace(" ", "");
    assertThat(asked).isEqualTo(conditions.isEmpty() ? "EXEC" : "EXEC-D" + conditions);
    if (input.length <= Transaction.MOST_PAYLOAD) {
      assertThat(ExecRequest.decode(request.encode().payload())).isEqualTo(request);
    }
  }
}
