package io.remoterun.protocol.cfengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Shown;
import java.util.Arrays;
import java.util.Optional;

class TransactionFuzzTest {
  private static final int LONGEST = 8 + Transaction.MOST_PAYLOAD;

  /** A transaction can be written in one way only, is bounded, and is never waited for in vain. */
  @FuzzTest
  void isWrittenAsItWasRead(byte[] input) {
    ReceivedBytes received = Frames.received(input);
    try {
      Optional<Transaction> transaction = Transaction.decode(received);
      int taken = input.length - received.size();
      byte[] written = transaction.map(Transaction::encode).orElse(new byte[0]);
      assertThat(written).isEqualTo(Arrays.copyOf(input, taken));
      assertThat(transaction.isPresent() || input.length < LONGEST).isTrue();
    } catch (ProtocolError e) {
      assertThat(input).hasSizeGreaterThanOrEqualTo(8);
      Shown.assertIsSafe(e.reason());
    }
  }
}
