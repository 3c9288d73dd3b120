package io.remoterun.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelperRequestTest {
  private static final String ID = "3578df26-8b9a-4862-849e-d29d68f3b7fa";
  private static final String TEXT = "remote-run 1\nagent\n" + ID + "\na,B_2\nroot at 192.0.2.1\n";
  private static final HelperRequest REQUEST =
      new HelperRequest("agent", ID, "a,B_2", "root at 192.0.2.1");

  @Test
  void isReadAsItStandsInTheJavadoc() throws Exception {
    HelperRequest bare = new HelperRequest("job-1_x", ID, "", "");

    assertThat(parsed(TEXT)).isEqualTo(REQUEST);
    assertThat(parsed("remote-run 1\njob-1_x\n" + ID + "\n\n\n")).isEqualTo(bare);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n\n\n\n",
        "remote-run 2\nagent\nID\n\nme\n",
        "remote-run 1\nagent\nID\n\nme",
        "remote-run 1\nagent\nID\n\nme\n\n",
        "remote-run 1\nagent\nID\n\n",
        "remote-run 1\n\nID\n\nme\n",
        "remote-run 1\n../agent\nID\n\nme\n",
        "remote-run 1\nagent \nID\n\nme\n",
        "remote-run 1\nagent\n1-1-1-1-1\n\nme\n",
        "remote-run 1\nagent\n3578DF26-8b9a-4862-849e-d29d68f3b7fa\n\nme\n",
        "remote-run 1\nagent\nID\n-Dx\nme\n",
        "remote-run 1\nagent\nID\na,\nme\n",
        "remote-run 1\nagent\nID\n,\nme\n",
        "remote-run 1\nagent\nID\na b\nme\n",
        "remote-run 1\nagent\nID\na;b\nme\n",
        "remote-run 1\nagent\nID\na\0\nme\n",
        "remote-run 1\nagent\nID\n\u00e4\nme\n",
        "remote-run 1\nagent\nID\na\r\nme\n",
        "remote-run 1\nagent\nID\na\nm\te\n",
        "remote-run 1\nagent\nID\na\nm\"e\n",
        "remote-run 1\nagent\nID\na\nm\u00e4\n",
      })
  void nothingElseIsARequest(String text) {
    assertThatThrownBy(() -> parsed(text.replace("ID", ID)))
        .isInstanceOf(Refusal.class)
        .satisfies(refused -> assertThat(refused.getMessage()).matches("[ -~]+"));
  }

  @ParameterizedTest
  @ValueSource(ints = {HelperRequest.MOST_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void aLengthThatIsNotAllowedIsRefusedBeforeAnythingIsRead(int length) {
    byte[] bytes = ByteBuffer.allocate(4).putInt(length).array();

    assertThatThrownBy(() -> HelperRequest.read(new ByteArrayInputStream(bytes)))
        .hasMessage("a request of more than 8192 bytes");
  }

  @Test
  void eachByteIsNeeded() {
    byte[] bytes = AskedHelper.framed(TEXT);
    for (int size = 0; size < bytes.length; size++) {
      var part = new ByteArrayInputStream(bytes, 0, size);
      assertThatThrownBy(() -> HelperRequest.read(part)).isInstanceOf(EOFException.class);
    }
  }

  /** As long as it may be, and each condition as short: no regular expression gives up on it. */
  @Test
  void manyConditionsAreTaken() throws Exception {
    String conditions = "a,".repeat(4050) + "a";

    assertThat(parsed("remote-run 1\nagent\n" + ID + "\n" + conditions + "\n\n").conditions())
        .isEqualTo(conditions);
  }

  private static HelperRequest parsed(String body) throws IOException {
    return HelperRequest.read(new ByteArrayInputStream(AskedHelper.framed(body)));
  }
}
