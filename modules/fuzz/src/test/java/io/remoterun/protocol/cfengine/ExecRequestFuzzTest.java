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
    assertThat(ExecRequest.isCheck(payload))
        .isEqualTo(text.equals("CHECK") || text.startsWith("CHECK "));
    if (!ExecRequest.isExec(payload) && !ExecRequest.isCheck(payload)) {
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
    String command = ExecRequest.isCheck(payload) ? "CHECK" : "EXEC";
    assertThat(asked).isEqualTo(conditions.isEmpty() ? command : command + "-D" + conditions);
    if (input.length <= Transaction.MOST_PAYLOAD) {
      Transaction again = command.equals("CHECK") ? request.encodeCheck() : request.encode();
      assertThat(ExecRequest.decode(again.payload())).isEqualTo(request);
    }
  }
}
