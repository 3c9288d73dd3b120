package io.remoterun.protocol.cfengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Shown;
import io.remoterun.protocol.run.OutputBytes;
import java.io.ByteArrayOutputStream;
import java.util.List;

class AnswerFuzzTest {

  /** Nothing that an agent prints is lost, changed, or taken for something else. */
  @FuzzTest
  void everyByteOfAnAgentArrives(byte[] input) {
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    byte[] encoded = new Answer.Output(OutputBytes.copyOf(input)).encode();
    for (Transaction transaction : Frames.decodeAll(encoded)) {
      assertThat(AnswerCodec.decode(transaction.payload())).isInstanceOf(Answer.Output.class);
      arrived.writeBytes(
          ((Answer.Output) AnswerCodec.decode(transaction.payload())).bytes().toByteArray());
    }
    assertThat(arrived.toByteArray()).isEqualTo(input);
    meansSomething(OutputBytes.copyOf(input));
  }

  /** Every payload has a meaning, and what can be told again means the same. */
  private static void meansSomething(OutputBytes payload) {
    Answer answer = AnswerCodec.decode(payload);
    List<Transaction> again = Frames.decodeAll(answer.encode());
    boolean isCut = payload.size() > Transaction.MOST_PAYLOAD / 4;
    if (!(answer instanceof Answer.Sentence) && !isCut) {
      assertThat(again).hasSize(1);
      assertThat(AnswerCodec.decode(again.getFirst().payload())).isEqualTo(answer);
    }
    Readiness.decode(payload).ifPresent(AnswerFuzzTest::canBeToldAgain);
  }

  private static void canBeToldAgain(Readiness readiness) {
    Shown.assertIsSafe(readiness.words());
    assertThat(Readiness.decode(Frames.decodeAll(readiness.encode()).getFirst().payload()))
        .map(Readiness::state)
        .contains(readiness.state());
  }
}
