package io.remoterun.protocol.cfengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.remoterun.fuzz.Cuts;
import io.remoterun.fuzz.Shown;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class ServerConversationFuzzTest {
  /** So much is taken at once, whatever state the conversation is in. */
  private static final int MOST_BYTES = 2 * Transaction.MOST_PAYLOAD;

  /** A client gets the same however the network cuts what it sends, and nothing it did not ask. */
  @FuzzTest
  void understandsAnyClientHoweverItsBytesAreCut(byte[] input) {
    byte[] client = Arrays.copyOf(input, Math.min(input.length, MOST_BYTES));
    List<ServerAction> whole = said(List.of(client));
    whole.forEach(ServerConversationFuzzTest::assertIsSound);
    assertThat(whole.subList(0, Math.max(0, whole.size() - 1)))
        .noneMatch(ServerAction.Broken.class::isInstance);
    for (List<byte[]> pieces : Cuts.of(client)) {
      assertThat(withoutCancels(said(pieces))).isEqualTo(withoutCancels(whole));
    }
  }

  private static List<ServerAction> said(List<byte[]> pieces) {
    ServerConversation server = new ServerConversation();
    List<ServerAction> all = new ArrayList<>();
    for (byte[] piece : pieces) {
      List<ServerAction> actions = server.received(ByteBuffer.wrap(piece));
      while (!actions.isEmpty()) {
        all.addAll(actions);
        actions = answer(server, actions);
      }
    }
    return all;
  }

  /** Admits everybody, and every run is over at once. */
  private static List<ServerAction> answer(ServerConversation server, List<ServerAction> actions) {
    if (actions.stream().anyMatch(ServerAction.Broken.class::isInstance)) {
      return List.of();
    }
    if (actions.stream().anyMatch(ServerAction.Identified.class::isInstance)) {
      return server.welcome();
    }
    return actions.stream().anyMatch(ServerConversationFuzzTest::isAsked)
        ? server.answered()
        : List.of();
  }

  private static boolean isAsked(ServerAction action) {
    return action instanceof ServerAction.Execute || action instanceof ServerAction.Check;
  }

  private static void assertIsSound(ServerAction action) {
    switch (action) {
      case ServerAction.Send(var bytes) -> {
        if (!bytes.toUtf8().startsWith("OK WELCOME USERNAME=")) {
          assertThat(Frames.decodeAll(bytes.toByteArray())).isNotEmpty();
        }
      }
      case ServerAction.Identified(String user) ->
          assertThat(user).matches("[a-zA-Z0-9_.-]+").hasSizeLessThan(1023);
      case ServerAction.Execute(ExecRequest request, _) ->
          assertThat(ExecRequest.decode(request.encode().payload())).isEqualTo(request);
      case ServerAction.Check(ExecRequest request) ->
          assertThat(ExecRequest.decode(request.encodeCheck().payload())).isEqualTo(request);
      case ServerAction.Cancel(), ServerAction.Version() -> {}
      case ServerAction.Refused(String request, String reason) -> {
        Shown.assertIsSafe(request);
        Shown.assertIsSafe(reason);
      }
      case ServerAction.Broken(String reason) -> Shown.assertIsSafe(reason);
    }
  }

  /** Whether a cancel comes before the end of the run depends on when it comes. */
  private static List<ServerAction> withoutCancels(List<ServerAction> actions) {
    return actions.stream().filter(action -> !(action instanceof ServerAction.Cancel)).toList();
  }
}
