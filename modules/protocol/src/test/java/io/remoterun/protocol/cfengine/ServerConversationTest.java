package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConversationTest {
  private static final String HELLO = "CFE_v2 cf-agent 3.21.0\nIDENTITY USERNAME=root\n";
  private static final String OUR_HELLO =
      """
      CFE_v2 remote-run
      IDENTITY USERNAME=root REMOTE_RUN=1 RUN=b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a
      """;
  private static final String END = frame("---cfXen/gine/cfXen/gine---");
  private static final ServerAction.Send WELCOME =
      new ServerAction.Send(OutputBytes.ofUtf8("OK WELCOME USERNAME=root\n"));
  private static final ServerAction.Execute EXECUTE =
      new ServerAction.Execute(
          new ExecRequest(List.of(new Condition("class1"), new Condition("class2"))),
          Optional.empty());

  private final ServerConversation server = new ServerConversation();

  @Test
  void understandsCfRunagentWhereverItsBytesAreSplit() {
    byte[] client = Golden.bytes("exec.client");
    for (int split = 0; split <= client.length; split++) {
      ServerConversation server = new ServerConversation();
      List<ServerAction> actions = new ArrayList<>();
      actions.addAll(said(server, ByteBuffer.wrap(client, 0, split)));
      actions.addAll(said(server, ByteBuffer.wrap(client, split, client.length - split)));
      assertThat(actions).containsExactly(new ServerAction.Identified("root"), WELCOME, EXECUTE);
    }
  }

  @Test
  void neverExecutesATruncatedRequest() {
    byte[] client = Golden.bytes("exec.client");
    for (int length = 0; length < client.length; length++) {
      assertThat(said(new ServerConversation(), ByteBuffer.wrap(client, 0, length)))
          .doesNotContain(EXECUTE);
    }
  }

  @Test
  void executesWithoutConditions() {
    assertThat(said(server, ByteBuffer.wrap(Golden.bytes("plain-exec.client"))))
        .endsWith(new ServerAction.Execute(new ExecRequest(List.of()), Optional.empty()));
  }

  /** Which the caller only finds when it has decided about the user. */
  @Test
  void welcomesNobodyWhoHasBrokenTheProtocolMeanwhile() {
    List<ServerAction> actions = server.received(buffer(HELLO + "x".repeat(9000)));

    assertThat(actions)
        .containsExactly(
            new ServerAction.Identified("root"),
            new ServerAction.Broken("the client does not wait for answers"));
    assertThat(server.welcome()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"EXEC -Dclass1,class2", "EXEC -D class1,class2", "EXEC  -D class1,class2 "})
  void takesTheWaysToGiveConditions(String request) {
    assertThat(asked(request)).containsExactly(EXECUTE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXEC -D a\0-f",
        "EXEC -D a\0",
        "EXEC -D a\n",
        "EXEC -Da;b",
        "EXEC -D a,,b",
        "EXEC -D",
        "EXEC -D -D",
        "EXEC -D a -D b",
        "EXEC -D a -f /etc/passwd",
        "EXEC -Da -b main",
        "EXEC -b main",
        "EXEC --help",
        "EXEC -D\u00e9",
        "EXEC -D $(reboot)"
      })
  void refusesConditionsThatAreNone(String request) {
    List<ServerAction> actions = asked(request);

    assertThat(actions.get(0)).isInstanceOf(ServerAction.Refused.class);
    assertThat(actions.toString()).doesNotContain("Execute").contains("---cfXen/gine");
  }

  @Test
  void refusesTheBundlesAndFiltersOfCfRunagent() {
    assertThat(said(server, ByteBuffer.wrap(Golden.bytes("refused-bundle.client"))).toString())
        .contains("EXEC denied: invalid condition: cl1 -b main");
    assertThat(
            said(new ServerConversation(), ByteBuffer.wrap(Golden.bytes("refused-filter.client")))
                .toString())
        .contains("EXEC denied: class filters are not supported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET 4096 /etc/shadow",
        "OPENDIR /etc",
        "SYNCH 1 STAT /etc",
        "MD5 /etc/passwd",
        "CONTEXT x",
        "VAR x",
        "QUERY x",
        "COOKIE",
        "SCALLBACK CALL_ME_BACK collect_calls",
        "EXECUTE",
        "EXEC\0",
        "exec",
        " EXEC",
        "\0"
      })
  void allOtherCommandsAreBad(String request) {
    said(server, buffer(HELLO));
    List<ServerAction> actions = said(server, buffer(frame(request)));

    assertThat(actions).hasSize(2);
    assertThat(actions.get(0)).isInstanceOf(ServerAction.Refused.class);
    assertThat(actions.get(1).toString()).contains("BAD: ");
    assertThat(said(server, buffer(frame("EXEC -Dclass1,class2") + END))).containsExactly(EXECUTE);
  }

  @Test
  void tellsItsVersion() {
    said(server, buffer(HELLO));

    assertThat(said(server, buffer(frame("VERSION"))))
        .containsExactly(
            new ServerAction.Version(),
            new ServerAction.Send(
                OutputBytes.copyOf(frame("OK: " + Identification.RELEASE).getBytes(ISO_8859_1))));
  }

  @Test
  void answersOneRequestAfterTheOther() {
    said(server, buffer(HELLO));
    String twice = frame("EXEC -Dclass1,class2") + END + frame("EXEC") + END;

    assertThat(said(server, buffer(twice))).containsExactly(EXECUTE);
    assertThat(server.answered())
        .containsExactly(new ServerAction.Execute(new ExecRequest(List.of()), Optional.empty()));
    assertThat(server.answered()).isEmpty();
  }

  @Test
  void doesNothingBeforeTheKeyIsFoundToBeThatOfTheUser() {
    assertThat(server.received(buffer(HELLO + frame("EXEC") + END)))
        .containsExactly(new ServerAction.Identified("root"));
  }

  @Test
  void aClientThatDoesNotWaitForAnswersIsNotBuffered() {
    said(server, buffer(HELLO + frame("EXEC") + END));

    assertThat(server.received(ByteBuffer.allocate(8176))).isEmpty();
    assertThat(server.received(ByteBuffer.allocate(1)))
        .containsExactly(new ServerAction.Broken("the client does not wait for answers"));
    assertThat(server.received(buffer("x"))).isEmpty();
  }

  @Test
  void endlessFiltersAreNotTaken() {
    said(server, buffer(HELLO));

    assertThat(said(server, buffer(frame("EXEC") + frame("x").repeat(101))))
        .containsExactly(new ServerAction.Broken("more than 100 class filters"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CFE_v1 cf-agent\n",
        "CFE_v3 cf-agent\n",
        "GET / HTTP/1.1\r\n",
        "CFE_v2 cf-agent\nIDENTITY\n",
        "CFE_v2 cf-agent\nIDENTITY USERNAME=\n",
        "CFE_v2 cf-agent\nIDENTITY USERNAME=../root\n",
        "CFE_v2 cf-agent\nUSERNAME=root\n",
        "CFE_v2 cf-agent\nIDENTITY USERNAME=root REMOTE_RUN=1 RUN=../run\n",
        HELLO + "t 4089\0\0",
        HELLO + "EXEC\n\n\n\n"
      })
  void anythingElseIsAProtocolError(String client) {
    assertThat(said(server, buffer(client)).getLast()).isInstanceOf(ServerAction.Broken.class);
  }

  @Test
  void aUserIsWelcomedInALineThatTheProtocolAllows() {
    String longest = "u".repeat(256);
    String identity = "CFE_v2\nIDENTITY REMOTE_RUN=1 USERNAME=";

    assertThat(said(server, buffer(identity + longest + "\n")).getLast())
        .isEqualTo(
            new ServerAction.Send(
                OutputBytes.ofUtf8("OK WELCOME USERNAME=" + longest + " REMOTE_RUN=1\n")));
    assertThat(said(new ServerConversation(), buffer(identity + longest + "u\n")).getLast())
        .isInstanceOf(ServerAction.Broken.class);
  }

  @Test
  void identityWordsThatItDoesNotKnowAreIgnored() {
    assertThat(server.received(buffer("CFE_v2\nIDENTITY X=1 USERNAME=rudder.-_9 Y RUN=7\n")))
        .containsExactly(new ServerAction.Identified("rudder.-_9"));
  }

  @Test
  void tellsOurClientThatItCanCancelAndTakesTheNameOfItsRun() {
    assertThat(said(server, buffer(OUR_HELLO + frame("EXEC") + END)))
        .containsExactly(
            new ServerAction.Identified("root"),
            new ServerAction.Send(OutputBytes.ofUtf8("OK WELCOME USERNAME=root REMOTE_RUN=1\n")),
            new ServerAction.Execute(
                new ExecRequest(List.of()),
                Optional.of(RunId.parse("b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a"))));
  }

  @Test
  void ourClientCancelsWhatIsAnsweredAndNothingElse() {
    said(server, buffer(OUR_HELLO + frame("CANCEL") + frame("EXEC") + END));
    String cancel = frame("CANCEL");

    assertThat(server.received(buffer(cancel.substring(0, 9)))).isEmpty();
    assertThat(server.received(buffer(cancel.substring(9))))
        .containsExactly(new ServerAction.Cancel());
    assertThat(server.answered()).isEmpty();
    assertThat(server.received(buffer(cancel))).isEmpty();
  }

  @Test
  void toCfRunagentCancelIsACommandThatDoesNotExist() {
    said(server, buffer(HELLO + frame("EXEC") + END));

    assertThat(server.received(buffer(frame("CANCEL")))).isEmpty();
    assertThat(server.answered().toString()).contains("BAD: ");
  }

  @Test
  void ourClientChecksWhatItCouldRunAndGoesOn() {
    ServerAction.Check check = new ServerAction.Check(EXECUTE.request());

    assertThat(said(server, buffer(OUR_HELLO + frame("CHECK -Dclass1,class2") + frame("VERSION"))))
        .endsWith(check);
    assertThat(server.answered().toString()).contains("OK: ");
    assertThat(server.received(buffer(frame("CHECK"))))
        .containsExactly(new ServerAction.Check(new ExecRequest(List.of())));
  }

  @Test
  void aCheckForWhatIsNoConditionIsRefused() {
    said(server, buffer(OUR_HELLO));

    assertThat(server.received(buffer(frame("CHECK -Da;b"))).toString())
        .contains("EXEC denied: ", "---cfXen/gine")
        .doesNotContain("Check[");
    assertThat(server.received(buffer(frame("CHECK")))).hasSize(1);
  }

  @Test
  void toCfRunagentCheckIsACommandThatDoesNotExist() {
    said(server, buffer(HELLO));

    assertThat(said(server, buffer(frame("CHECK"))).toString()).contains("BAD: ");
  }

  private List<ServerAction> asked(String request) {
    said(server, buffer(HELLO));
    return said(server, buffer(frame(request) + END));
  }

  /** Admits every user. */
  private static List<ServerAction> said(ServerConversation server, ByteBuffer bytes) {
    List<ServerAction> actions = new ArrayList<>(server.received(bytes));
    if (!actions.isEmpty() && actions.getLast() instanceof ServerAction.Identified) {
      actions.addAll(server.welcome());
    }
    return actions;
  }

  private static String frame(String payload) {
    return new String(Transaction.last(payload.getBytes(ISO_8859_1)).encode(), ISO_8859_1);
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
