package io.remoterun.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.remoterun.protocol.keys.HostKey;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedServerTest {
  private static final HostKey SERVER = TestKeys.of("server");
  private static final HostKey CLIENT = TestKeys.of("client");

  @Test
  void playsBothEndsOfADialogue() throws Exception {
    ScriptedServer.Script script =
        wire -> {
          assertThat(CfengineDialogue.welcome(wire))
              .containsExactly("CFE_v2 cf-agent 3.21.0", "IDENTITY USERNAME=root");
          assertThat(wire.peerKey()).isEqualTo(CLIENT.publicKey());
          assertThat(CfengineDialogue.hearRequest(wire)).containsExactly("EXEC -Da");
          CfengineDialogue.answer(wire, 3, "one", "");
          assertThat(wire.awaitClose()).isEmpty();
        };
    try (ScriptedServer server = ScriptedServer.tls(SERVER, script);
        Wire wire = Wire.connect(server.port(), CLIENT)) {
      assertThat(wire.peerKey()).isEqualTo(SERVER.publicKey());
      assertThat(CfengineDialogue.identify(wire, "root")).isEqualTo("OK WELCOME USERNAME=root");
      CfengineDialogue.request(wire, "EXEC -Da");
      assertThat(CfengineDialogue.hearAnswer(wire))
          .containsExactly(
              "cf-serverd executing cfruncommand: agent\n", "> one\n", "> \n", "(exit code: 3)\n");
      assertThat(server.connections()).isOne();
    }
  }

  @Test
  void failsWithItsScript() throws Exception {
    ScriptedServer server =
        ScriptedServer.plain(wire -> assertThat(wire.readLine()).isEqualTo("expected"));
    try (Wire wire = Wire.connectPlain(server.port())) {
      wire.send("something else\n").awaitClose();
    }

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(server::close)
        .havingCause()
        .withMessageContaining("something else");
  }

  @Test
  void liesAboutLengths() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain(wire -> wire.sendLyingFrame('t', 5, "abc"));
        Wire wire = Wire.connectPlain(server.port())) {
      assertThatExceptionOfType(EOFException.class).isThrownBy(wire::readFrame);
    }
    try (ScriptedServer server = ScriptedServer.plain(wire -> wire.sendLyingFrame('t', 0, "abc"));
        Wire wire = Wire.connectPlain(server.port())) {
      assertThatExceptionOfType(IOException.class).isThrownBy(wire::readFrame);
    }
  }

  @Test
  void endsInTheMiddle() throws Exception {
    for (ScriptedServer.Script ending :
        List.<ScriptedServer.Script>of(Wire::cut, Wire::reset, Wire::close)) {
      ScriptedServer.Script script = wire -> ending.play(wire.send("CFE_"));
      try (ScriptedServer server = ScriptedServer.tls(SERVER, script);
          Wire wire = Wire.connect(server.port(), CLIENT)) {
        assertThat(new String(wire.awaitClose(), StandardCharsets.UTF_8)).isIn("CFE_", "");
      }
    }
  }

  @Test
  void wantsAClientCertificate() throws Exception {
    ScriptedServer.Script script =
        wire -> assertThatExceptionOfType(IOException.class).isThrownBy(wire::readLine);
    try (ScriptedServer server = ScriptedServer.tls(SERVER, script);
        Wire wire = Wire.connectWithoutKey(server.port())) {
      assertThat(wire.awaitClose()).isEmpty();
    }
  }
}
