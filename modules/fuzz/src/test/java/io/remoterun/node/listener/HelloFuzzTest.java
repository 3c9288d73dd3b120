package io.remoterun.node.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.remoterun.fuzz.Cuts;
import io.remoterun.fuzz.Shown;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

class HelloFuzzTest {
  private static final int RECORD_HEADER = 5;
  private static final int MESSAGE_HEADER = 4;

  /** A hello is there with the record in which its message ends, and nothing else is one. */
  @FuzzTest
  void isThereWithItsLastRecordHoweverItsBytesAreCut(byte[] input) {
    for (List<byte[]> pieces : Cuts.of(input)) {
      Hello hello = new Hello();
      pieces.forEach(piece -> hello.read(Unpooled.wrappedBuffer(piece)));
      assertThat(hello.isThere()).isEqualTo(beginsWithHello(input));
      hello.problem().ifPresent(Shown::assertIsSafe);
      assertThat(hello.isThere() && hello.problem().isPresent()).isFalse();
    }
  }

  /** The same, of all bytes at once. */
  private static boolean beginsWithHello(byte[] input) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    int next = 0;
    while (!isWhole(message)) {
      if (input.length < next + RECORD_HEADER || input[next] != Hello.HANDSHAKE) {
        return false;
      }
      int length = Short.toUnsignedInt(ByteBuffer.wrap(input).getShort(next + 3));
      next += RECORD_HEADER + length;
      if (input.length < next) {
        return false;
      }
      message.write(input, next - length, length);
    }
    ByteBuffer whole = ByteBuffer.wrap(message.toByteArray());
    return whole.get(0) == 1 && length(whole) <= Hello.MOST_BYTES;
  }

  private static boolean isWhole(ByteArrayOutputStream message) {
    return message.size() >= MESSAGE_HEADER
        && message.size() >= MESSAGE_HEADER + length(ByteBuffer.wrap(message.toByteArray()));
  }

  private static int length(ByteBuffer message) {
    return message.getInt(0) & 0xffffff;
  }
}
