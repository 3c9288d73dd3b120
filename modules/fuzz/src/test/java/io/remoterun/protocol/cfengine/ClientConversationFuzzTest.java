package io.remoterun.protocol.cfengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Cuts;
import io.remoterun.fuzz.Shown;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.RunEvent;
import io.remoterun.protocol.run.RunId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

class ClientConversationFuzzTest {
  private static final RunId RUN = RunId.parse("b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a");
  private static final List<Condition> CONDITIONS = List.of(new Condition("class1"));

  /** Whatever a server says, and however it is cut: one end, and an account of all bytes. */
  @FuzzTest
  void comesToOneEndHoweverTheServersBytesAreCut(byte[] input) {
    List<ClientAction> whole = heard(run(), List.of(input), false);
    ClientConversation check = check();
    List<ClientAction> checked = heard(check, List.of(input), false);
    assertIsSound(whole);
    assertIsSound(checked);
    check.readiness().ifPresent(readiness -> Shown.assertIsSafe(readiness.words()));
    for (List<byte[]> pieces : Cuts.of(input)) {
      assertThat(heard(run(), pieces, false)).isEqualTo(whole);
      assertIsSound(heard(run(), pieces, true));
      assertThat(heard(check(), pieces, false)).isEqualTo(checked);
    }
  }

  private static ClientConversation run() {
    return new ClientConversation("root", RUN, CONDITIONS);
  }

  private static ClientConversation check() {
    return ClientConversation.check("root", RUN);
  }

  /**
   * @param isCancelled after half of the pieces
   */
  private static List<ClientAction> heard(
      ClientConversation client, List<byte[]> pieces, boolean isCancelled) {
    List<ClientAction> actions = new ArrayList<>();
    for (int index = 0; index < pieces.size(); index++) {
      if (isCancelled && index == pieces.size() / 2) {
        actions.addAll(client.cancel());
      }
      actions.addAll(client.received(ByteBuffer.wrap(pieces.get(index))));
    }
    actions.addAll(client.closed());
    assertThat(client.phase()).isEqualTo(ClientPhase.OVER);
    return actions;
  }

  private static void assertIsSound(List<ClientAction> actions) {
    assertThat(actions).last().matches(ClientConversationFuzzTest::isLast);
    assertThat(actions.stream().filter(ClientConversationFuzzTest::isLast)).hasSize(1);
    long printed = 0;
    for (ClientAction action : actions) {
      switch (action) {
        case ClientAction.Send _ -> {}
        case ClientAction.Started(String commandLine) -> Shown.assertIsSafe(commandLine);
        case ClientAction.Printed(var bytes) -> printed += bytes.size();
        case ClientAction.Dropped(long from, long bytes) -> {
          assertThat(from).isEqualTo(printed);
          printed += bytes;
        }
        case ClientAction.Ended _ -> {}
        case ClientAction.Refused(_, String words) -> Shown.assertIsSafe(words);
        case ClientAction.Failed(_, String reason) -> Shown.assertIsSafe(reason);
      }
    }
    assertThat(printed).isLessThanOrEqualTo(RunEvent.Gap.MOST_BYTES);
  }

  private static boolean isLast(ClientAction action) {
    return action instanceof ClientAction.Ended
        || action instanceof ClientAction.Refused
        || action instanceof ClientAction.Failed;
  }
}
