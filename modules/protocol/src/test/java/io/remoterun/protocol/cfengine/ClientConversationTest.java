package io.remoterun.protocol.cfengine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.remoterun.protocol.run.BadRequest;
import io.remoterun.protocol.run.Condition;
import io.remoterun.protocol.run.ExitStatus;
import io.remoterun.protocol.run.OutputBytes;
import io.remoterun.protocol.run.RunFailure.Kind;
import io.remoterun.protocol.run.RunId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConversationTest {
  private static final String HELLO = "CFE_v3 cf-serverd 3.21.0\nOK WELCOME USERNAME=root\n";
  private static final String OUR_HELLO =
      """
      CFE_v2 remote-run
      OK WELCOME USERNAME=root REMOTE_RUN=1
      """;
  private static final RunId RUN = RunId.parse("b1a5a9f0-1c7a-4a9b-8f4e-0d6f6d1c2b3a");
  private static final String EXIT_137 = frame("(exit code: 137)\n");
  private static final String START = frame("cf-serverd executing cfruncommand: a\n");
  private static final String END = frame("---cfXen/gine/cfXen/gine---\0");
  private static final List<Condition> CLASSES =
      List.of(new Condition("class1"), new Condition("class2"));

  @Test
  void understandsCfServerdWhereverItsBytesAreSplit() {
    byte[] server = Golden.bytes("exec.server");
    for (int split = 0; split <= server.length; split++) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      List<ClientAction> actions = new ArrayList<>();
      actions.addAll(client.received(ByteBuffer.wrap(server, 0, split)));
      actions.addAll(client.received(ByteBuffer.wrap(server, split, server.length - split)));
      assertThatItIsTheWholeRun(actions);
    }
  }

  @Test
  void understandsCfServerdByteByByte() {
    List<ClientAction> actions = new ArrayList<>();
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    for (byte value : Golden.bytes("exec.server")) {
      actions.addAll(client.received(ByteBuffer.wrap(new byte[] {value})));
    }

    assertThatItIsTheWholeRun(actions);
  }

  /** But for its name, and two words that a server ignores unless it is ours. */
  @Test
  void sendsWhatCfRunagentSends() {
    List<ClientAction> actions =
        new ClientConversation("root", RUN, CLASSES)
            .received(ByteBuffer.wrap(Golden.bytes("exec.server")));

    String cfRunagent = new String(Golden.bytes("exec.client"), ISO_8859_1);
    assertThat(new String(sent(actions), ISO_8859_1))
        .isEqualTo(
            cfRunagent
                .replace("cf-agent 3.21.0", "remote-run " + Identification.RELEASE)
                .replace("USERNAME=root\n", "USERNAME=root REMOTE_RUN=1 RUN=" + RUN + "\n"));
  }

  @Test
  void aCheckAsksCfServerdForNothing() {
    ClientConversation client = ClientConversation.check("root", RUN);
    List<ClientAction> actions = client.received(ByteBuffer.wrap(Golden.bytes("exec.server")));

    assertThat(new String(sent(actions), ISO_8859_1).lines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("IDENTITY USERNAME=root");
    assertThat(kindOf(actions)).isEqualTo(Kind.STOPPED);
    assertThat(client.isOurs()).isFalse();
    assertThat(client.readiness()).isEmpty();
    assertThat(client.closed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CHECK ready: it can, READY, it can",
    "CHECK busy: x\u0007 waits, BUSY, x? waits",
    "CHECK disabled: there is /f, DISABLED, there is /f",
    "CHECK unstartable: no /f, UNSTARTABLE, no /f",
    "CHECK ready: , READY, ''"
  })
  void aCheckHearsWhetherOurNodeCouldRunItsAgent(String said, Readiness.State state, String words) {
    ClientConversation client = ClientConversation.check("root", RUN);
    List<ClientAction> actions = client.received(buffer(OUR_HELLO + frame(said) + END));

    assertThat(new String(sent(actions), ISO_8859_1)).endsWith(frame("CHECK"));
    assertThat(kindOf(actions)).isEqualTo(Kind.STOPPED);
    assertThat(client.readiness()).contains(new Readiness(state, words));
  }

  @Test
  void aNodeOfOursThatIsOlderKnowsNoChecks() {
    ClientConversation client = ClientConversation.check("root", RUN);
    List<ClientAction> actions =
        client.received(
            buffer(OUR_HELLO + frame("BAD: this node runs its agent and does nothing else")));

    assertThat(kindOf(actions)).isEqualTo(Kind.STOPPED);
    assertThat(client.isOurs()).isTrue();
    assertThat(client.readiness()).isEmpty();
  }

  @Test
  void aCheckThatIsRefusedOrNotAnswered() {
    ClientConversation refused = ClientConversation.check("root", RUN);
    ClientConversation cut = ClientConversation.check("root", RUN);

    assertThat(
            refused.received(
                buffer(OUR_HELLO + frame("EXEC denied: user root is not in allow-users"))))
        .last()
        .isEqualTo(
            new ClientAction.Refused(Kind.REFUSED, "EXEC denied: user root is not in allow-users"));
    assertThat(cut.received(buffer(OUR_HELLO + "t 9")))
        .allMatch(ClientAction.Send.class::isInstance);
    assertThat(kindOf(cut.closed())).isEqualTo(Kind.INTERRUPTED);
  }

  @Test
  void neverTakesATruncatedAnswerForAWholeOne() {
    byte[] server = Golden.bytes("exec.server");
    for (int length = 0; length < server.length; length++) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      List<ClientAction> actions =
          new ArrayList<>(client.received(ByteBuffer.wrap(server, 0, length)));
      actions.addAll(client.closed());
      assertThat(actions.getLast()).isInstanceOf(ClientAction.Failed.class);
      assertThat(Collections.frequency(actions, actions.getLast())).isOne();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refused-class|EXEC denied role activation (check cf-serverd verbose output)",
        "refused-bundle|EXEC denied bundle activation (check cf-serverd verbose output)",
        "refused-filter|Hello  (127.0.0.1), nothing relevant to do here...; EXEC denied due to"
            + " failed class match (check cf-serverd verbose output)"
      })
  void tellsARefusalInTheServersWords(String name, String words) {
    assertThat(last(new String(Golden.bytes(name + ".server"), ISO_8859_1)))
        .isEqualTo(new ClientAction.Refused(Kind.REFUSED, words));
  }

  @Test
  void aRefusalIsKnownEvenWithoutTheEndMarker() {
    assertThat(last(HELLO + frame("BAD: Request denied")))
        .isEqualTo(new ClientAction.Refused(Kind.REFUSED, "BAD: Request denied"));

    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(HELLO + frame("EXEC denied")));
    assertThat(client.closed())
        .containsExactly(new ClientAction.Refused(Kind.REFUSED, "EXEC denied"));
  }

  @Test
  void knowsWhatKindOfRefusalOurOwnNodeMeans() {
    for (Kind kind : List.of(Kind.AGENT, Kind.OVERLOADED, Kind.REFUSED)) {
      String sentence = Refusal.sentence(kind, "the reason");
      assertThat(last(HELLO + frame(sentence) + frame("---cfXen/gine/cfXen/gine---\0")))
          .isEqualTo(new ClientAction.Refused(kind, sentence));
    }
  }

  /** As our node says while another run goes on, each ten seconds. */
  @Test
  void thatARunWaitsIsNoRefusal() {
    String waits = frame("run a waits for the end of run b\n").repeat(20);
    ClientConversation left = new ClientConversation("root", RUN, CLASSES);
    left.received(buffer(OUR_HELLO + waits));
    assertThat(left.closed())
        .singleElement()
        .asInstanceOf(type(ClientAction.Failed.class))
        .extracting(ClientAction.Failed::kind)
        .isEqualTo(Kind.INTERRUPTED);

    String sentence = Refusal.sentence(Kind.AGENT, "the reason");
    ClientConversation refused = new ClientConversation("root", RUN, CLASSES);
    assertThat(refused.received(buffer(OUR_HELLO + waits + frame(sentence) + END)))
        .last()
        .isEqualTo(new ClientAction.Refused(Kind.AGENT, sentence));
  }

  @Test
  void aGapIsTold() {
    assertThat(
            new ClientConversation("root", RUN, CLASSES)
                .received(
                    buffer(
                        HELLO
                            + frame("cf-serverd executing cfruncommand: a\n")
                            + frame("> abc\n")
                            + new String(new Answer.Gap(1L << 40).encode(), ISO_8859_1)
                            + frame("> (12 bytes of output dropped)\n"))))
        .contains(
            new ClientAction.Dropped(4, 1L << 40),
            new ClientAction.Printed(OutputBytes.ofUtf8("(12 bytes of output dropped)\n")));
  }

  @Test
  void gapsLargerThanAnyOutputBreakTheProtocol() {
    String most = frame("(999999999999999999 bytes of output dropped)\n");
    assertThat(last(HELLO + frame("cf-serverd executing cfruncommand: a\n") + most + most))
        .isEqualTo(
            new ClientAction.Failed(Kind.PROTOCOL, "more output dropped than any agent can print"));
  }

  @Test
  void anAgentThatCfServerdCannotStartIsAFailure() {
    assertThat(
            last(
                HELLO
                    + frame("cf-serverd executing cfruncommand: a\n")
                    + frame("Unable to run 'a' (pipe: no)")))
        .isEqualTo(new ClientAction.Refused(Kind.AGENT, "Unable to run 'a' (pipe: no)"));
  }

  @Test
  void aCloseTellsByItsMomentWhatItMeans() {
    assertThat(closedAfter("")).isEqualTo(Kind.REFUSED);
    assertThat(closedAfter("CFE_v3 cf-serverd 3.21.0\n")).isEqualTo(Kind.REFUSED);
    assertThat(closedAfter(HELLO)).isEqualTo(Kind.INTERRUPTED);
    assertThat(closedAfter(HELLO + frame("cf-serverd executing cfruncommand: a\n")))
        .isEqualTo(Kind.INTERRUPTED);
  }

  @ParameterizedTest
  @CsvSource({
    "CFE_v2 cf-serverd 3.17.0, false",
    "CFE_v2 cf-serverd 3.9.10, false",
    "CFE_v2 cf-serverd 2.19.0, false",
    "CFE_v2 cf-serverd, false",
    "CFE_v2 other 3.21.0, false",
    "CFE_v2 cf-serverd 3.18.0, true",
    "CFE_v3 cf-serverd 3.21.0, true",
    "CFE_v3 cf-serverd 3.28.0a.1234, true",
    "CFE_v4 cf-serverd 4.0.0, true"
  })
  void aMissingExitCodeSaysSomethingWhereEveryOtherIsTold(String greeting, boolean killed) {
    assertThat(
            last(
                greeting
                    + "\nOK WELCOME\n"
                    + frame("cf-serverd executing cfruncommand: a\n")
                    + frame("> (exit code: 0)\n")
                    + frame("---cfXen/gine/cfXen/gine---\0")))
        .isEqualTo(
            new ClientAction.Ended(
                killed ? new ExitStatus.Killed() : new ExitStatus.NotReported()));
  }

  @Test
  void asksOurServerToStopAndTellsHowTheAgentEnded() {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(OUR_HELLO + START));

    assertThat(client.cancel())
        .containsExactly(new ClientAction.Send(OutputBytes.ofUtf8(frame("CANCEL"))));
    assertThat(client.received(buffer(frame("> bye\n") + frame("(stopped: it ended)\n") + END)))
        .containsExactly(
            new ClientAction.Printed(OutputBytes.ofUtf8("bye\n")),
            new ClientAction.Refused(Kind.STOPPED, "it ended"));
  }

  @Test
  void anAgentThatEndedByItselfMeanwhileWasNotStopped() {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(OUR_HELLO + START));
    client.cancel();

    assertThat(client.received(buffer(frame("(exit code: 0)\n") + END)))
        .containsExactly(new ClientAction.Ended(ExitStatus.code(0)));
    assertThat(client.cancel()).isEmpty();
  }

  /** The exit code is for cf-runagent. */
  @Test
  void aSignalIsNotTheExitCodeThatAShellMakesOfIt() {
    assertThat(last(OUR_HELLO + START + frame("(killed by signal 9)\n") + EXIT_137 + END))
        .isEqualTo(new ClientAction.Ended(new ExitStatus.Killed(9)));
    assertThat(last(OUR_HELLO + START + frame("> (killed by signal 9)\n") + EXIT_137 + END))
        .isEqualTo(new ClientAction.Ended(ExitStatus.code(137)));
  }

  @Test
  void anAgentThatItsNodeHasStoppedWasNotCancelledHere() {
    assertThat(last(OUR_HELLO + START + frame("(stopped: after 1 s)\n") + END))
        .isEqualTo(new ClientAction.Refused(Kind.STOPPED, "after 1 s"));
    assertThat(last(OUR_HELLO + START + frame("(not stopped: some are left)\n") + END))
        .isEqualTo(new ClientAction.Refused(Kind.UNCONFIRMED, "some are left"));
    assertThat(last(HELLO + START + frame("(stopped: by cf-serverd?)\n") + END))
        .isEqualTo(new ClientAction.Ended(new ExitStatus.Killed()));
  }

  @Test
  void whoMayNotCancelDoesNotWaitForTheEnd() {
    for (String heard : List.of(OUR_HELLO, OUR_HELLO + START)) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      client.received(buffer(heard));
      client.cancel();

      assertThat(client.received(buffer(frame("(not stopped: 2 more follow it)\n"))))
          .containsExactly(new ClientAction.Refused(Kind.UNCONFIRMED, "2 more follow it"));
      assertThat(client.closed()).isEmpty();
    }
  }

  @Test
  void anAgentThatDoesNotStartAnyMoreIsStopped() {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(OUR_HELLO));
    client.cancel();

    assertThat(client.received(buffer(frame("(stopped: not started)\n") + END)))
        .containsExactly(new ClientAction.Refused(Kind.STOPPED, "not started"));
  }

  @Test
  void whatWasNotAskedForYetIsStopped() {
    for (String heard : List.of("", "CFE_v3 cf-serverd 3.21.0\n")) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      client.received(buffer(heard));

      assertThat(kindOf(client.cancel())).isEqualTo(Kind.STOPPED);
      assertThat(client.received(buffer(OUR_HELLO))).isEmpty();
    }
  }

  @Test
  void cfServerdCannotBeAskedToStop() {
    for (String heard : List.of(HELLO, HELLO + START)) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      client.received(buffer(heard));

      assertThat(kindOf(client.cancel())).isEqualTo(Kind.UNCONFIRMED);
    }
  }

  @Test
  void aConnectionThatIsLostAfterACancelConfirmsNothing() {
    for (String heard : List.of(OUR_HELLO, OUR_HELLO + START)) {
      ClientConversation client = new ClientConversation("root", RUN, CLASSES);
      client.received(buffer(heard));
      client.cancel();

      assertThat(kindOf(client.closed())).isEqualTo(Kind.UNCONFIRMED);
    }
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(OUR_HELLO + START));
    client.cancel();
    client.received(buffer(frame("(stopped: it ended)\n")));
    assertThat(client.closed()).containsExactly(new ClientAction.Refused(Kind.STOPPED, "it ended"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\n",
        "HTTP/1.1 400 Bad Request\n",
        "CFE_v1 cf-serverd 3.4.0\n",
        "CFE_v\n",
        "CFE_v99999 x\n",
        "\n",
        "CFE_v3 cf-serverd\0\n",
        "CFE_v3 cf-serverd\nNOT WELCOME\n",
        "CFE_v3 cf-serverd\nOK WELCOMEX\n",
        "CFE_v3 cf-serverd\nOK WELCOME\nt 9999\0\0",
        "CFE_v3 cf-serverd\nOK WELCOME\nt 3\0\0\0\0\0> x"
      })
  void anythingElseIsAProtocolError(String server) {
    assertThat(last(server))
        .isInstanceOfSatisfying(
            ClientAction.Failed.class,
            failed -> assertThat(failed.kind()).isEqualTo(Kind.PROTOCOL));
  }

  @Test
  void anEndlessGreetingIsNotWaitedFor() {
    ClientConversation client = new ClientConversation("root", RUN, List.of());
    assertThat(client.received(buffer("x".repeat(1022)))).isEmpty();

    assertThat(client.received(buffer("x")))
        .containsExactly(
            new ClientAction.Failed(
                Kind.PROTOCOL, "an identification line of more than 1023 bytes"));
    assertThat(client.received(buffer(HELLO))).isEmpty();
    assertThat(client.closed()).isEmpty();
  }

  @Test
  void moreConditionsThanTheProtocolHasRoomForAreRefusedBeforeAnythingIsSent() {
    List<Condition> long4 = Collections.nCopies(4, new Condition("c".repeat(1020)));

    assertThatThrownBy(() -> new ClientConversation("root", RUN, long4))
        .isInstanceOf(BadRequest.class)
        .hasMessage("the conditions need 4090 bytes, and CFEngine's protocol has room for 4088");
  }

  private static void assertThatItIsTheWholeRun(List<ClientAction> actions) {
    assertThat(actions)
        .contains(
            new ClientAction.Started("/usr/local/bin/sample-agent -D class1,class2"),
            new ClientAction.Ended(ExitStatus.code(3)));
    assertThat(new String(printed(actions), ISO_8859_1)).isEqualTo(Golden.PRINTED);
  }

  private static Kind closedAfter(String server) {
    ClientConversation client = new ClientConversation("root", RUN, CLASSES);
    client.received(buffer(server));
    return kindOf(client.closed());
  }

  private static Kind kindOf(List<ClientAction> actions) {
    return ((ClientAction.Failed) actions.getLast()).kind();
  }

  private static ClientAction last(String server) {
    return new ClientConversation("root", RUN, CLASSES).received(buffer(server)).getLast();
  }

  static byte[] printed(List<ClientAction> actions) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.Printed(var bytes)) {
        printed.writeBytes(bytes.toByteArray());
      }
    }
    return printed.toByteArray();
  }

  private static byte[] sent(List<ClientAction> actions) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.Send(var bytes)) {
        sent.writeBytes(bytes.toByteArray());
      }
    }
    return sent.toByteArray();
  }

  private static String frame(String payload) {
    return new String(Transaction.last(payload.getBytes(ISO_8859_1)).encode(), ISO_8859_1);
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
