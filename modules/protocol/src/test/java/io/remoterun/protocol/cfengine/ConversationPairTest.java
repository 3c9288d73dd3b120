package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends, joined in memory: what the agent prints arrives, byte for byte. */
class ConversationPairTest {
  private static final RunId RUN = RunId.random();
  private static final List<Condition> CLASSES = List.of(new Condition("force_inventory"));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 4095, 4096, 4097, 1 << 20})
  void everyRunArrivesWholeHoweverItIsCut(int chunk) {
    List<byte[]> printed =
        List.of(
            bytes("a line\n"),
            bytes("\n"),
            bytes("(exit code: 0)\n"),
            bytes("---cfXen/gine/cfXen/gine---\n"),
            bytes("---cfXen/gine/cfXen/gine---\0"),
            bytes("nul \0 and no UTF-8 \u00ff\u00fe\n"),
            bytes("> > \r\n"),
            bytes("x".repeat(4086)),
            bytes("y".repeat(4087) + "\n"),
            random(1 << 20),
            bytes("the last line has no end"));

    List<ClientAction> actions = join(printed, chunk);

    assertThat(actions)
        .contains(new ClientAction.Started("/agent -D force_inventory"))
        .endsWith(new ClientAction.Ended(ExitStatus.code(7)));
    assertThat(ClientConversationTest.printed(actions)).isEqualTo(concat(printed));
  }

  @Test
  void whatHasNoByteAtAllIsNoOutput() {
    assertThat(join(List.of(bytes("")), 64))
        .noneMatch(action -> action instanceof ClientAction.Printed);
  }

  @Test
  void aCancelReachesTheServerWhileItAnswers() {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    ServerConversation server = new ServerConversation();
    toServer(server, client.received(ByteBuffer.wrap(server.greeting())));
    List<ServerAction> asked = toServer(server, toClient(client, server.welcome()));
    client.received(ByteBuffer.wrap(new Answer.Start("agent").encode()));

    assertThat(asked).hasOnlyElementsOfType(ServerAction.Execute.class);
    assertThat(toServer(server, client.cancel())).containsExactly(new ServerAction.Cancel());
    client.received(ByteBuffer.wrap(new Answer.Stopped("status (143)").encode()));
    assertThat(client.received(ByteBuffer.wrap(new Answer.End().encode())))
        .containsExactly(new ClientAction.Refused(Kind.STOPPED, "status (143)"));
    assertThat(server.answered()).isEmpty();
  }

  private static List<ServerAction> toServer(
      ServerConversation server, List<ClientAction> actions) {
    Deque<byte[]> sent = new ArrayDeque<>();
    assertThat(clientDoes(actions, sent)).isEmpty();
    return server.received(ByteBuffer.wrap(concat(List.copyOf(sent))));
  }

  private static List<ClientAction> toClient(
      ClientConversation client, List<ServerAction> actions) {
    Deque<byte[]> sent = new ArrayDeque<>();
    actions.forEach(action -> sent.add(((ServerAction.Send) action).bytes().toByteArray()));
    return client.received(ByteBuffer.wrap(concat(List.copyOf(sent))));
  }

  private static List<ClientAction> join(List<byte[]> printed, int chunk) {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    ServerConversation server = new ServerConversation();
    Deque<byte[]> toServer = new ArrayDeque<>();
    Deque<byte[]> toClient = new ArrayDeque<>(List.of(server.greeting()));
    List<ClientAction> told = new ArrayList<>();
    while (!toClient.isEmpty() || !toServer.isEmpty()) {
      for (ByteBuffer piece : cut(toClient, chunk)) {
        told.addAll(clientDoes(client.received(piece), toServer));
      }
      for (ByteBuffer piece : cut(toServer, chunk)) {
        serverDoes(server, server.received(piece), toClient, printed);
      }
    }
    return told;
  }

  private static List<ClientAction> clientDoes(List<ClientAction> actions, Deque<byte[]> toServer) {
    List<ClientAction> told = new ArrayList<>();
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.Send(OutputBytes bytes)) {
        toServer.add(bytes.toByteArray());
      } else {
        told.add(action);
      }
    }
    return told;
  }

  private static void serverDoes(
      ServerConversation server,
      List<ServerAction> actions,
      Deque<byte[]> toClient,
      List<byte[]> printed) {
    for (ServerAction action : actions) {
      switch (action) {
        case ServerAction.Send(OutputBytes bytes) -> toClient.add(bytes.toByteArray());
        case ServerAction.Identified _ -> serverDoes(server, server.welcome(), toClient, printed);
        case ServerAction.Execute(ExecRequest request, var run) -> {
          assertThat(run).contains(RUN);
          assertThat(request.conditions()).isEqualTo(CLASSES);
          toClient.add(new Answer.Start("/agent -D force_inventory").encode());
          printed.forEach(
              line -> toClient.add(new Answer.Output(OutputBytes.copyOf(line)).encode()));
          toClient.add(new Answer.Exit(7).encode());
          toClient.add(new Answer.End().encode());
          serverDoes(server, server.answered(), toClient, printed);
        }
        case ServerAction.Check _,
            ServerAction.Cancel _,
            ServerAction.Version _,
            ServerAction.Refused _,
            ServerAction.Broken _ ->
            throw new AssertionError(action);
      }
    }
  }

  private static List<ByteBuffer> cut(Deque<byte[]> queue, int chunk) {
    byte[] all = concat(List.copyOf(queue));
    queue.clear();
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int from = 0; from < all.length; from += chunk) {
      pieces.add(ByteBuffer.wrap(all, from, Math.min(chunk, all.length - from)));
    }
    return pieces;
  }

  private static byte[] concat(List<byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** One line of a megabyte, with every byte but the line feed in it. */
  private static byte[] random(int size) {
    byte[] line = new byte[size];
    new Random(1).nextBytes(line);
    for (int index = 0; index < size; index++) {
      line[index] = line[index] == '\n' ? (byte) 'n' : line[index];
    }
    line[size - 1] = '\n';
    return line;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
