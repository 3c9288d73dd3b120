package io.remoterun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.remoterun.testkit.CfengineDialogue;
import io.remoterun.testkit.CfengineHost;
import io.remoterun.testkit.NeedsProgram;
import io.remoterun.testkit.RealCfRunagent;
import io.remoterun.testkit.ScriptedServer;
import io.remoterun.testkit.TestHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real cf-runagent says, and what it makes of an answer. */
@NeedsProgram("cf-runagent")
class CfRunagentOnTheWireIT {
  @TempDir private Path folder = Path.of("");
  private TestHost node;
  private CfengineHost relay;

  @BeforeEach
  void makesHosts() throws IOException {
    node = TestHost.make(folder, "node");
    relay = CfengineHost.on(TestHost.make(folder, "relay"));
  }

  @Test
  void asksForARunWithItsClasses() throws IOException {
    ScriptedServer.Script script =
        wire -> {
          assertThat(CfengineDialogue.welcome(wire))
              .containsExactly("CFE_v3 cf-agent 3.21.0", "IDENTITY USERNAME=" + CfengineHost.USER);
          assertThat(wire.peerKey()).isEqualTo(relay.keys().key().publicKey());
          assertThat(CfengineDialogue.hearRequest(wire)).containsExactly("EXEC -Dclass1,class2");
          CfengineDialogue.answer(wire, 3, "one");
          assertThat(wire.awaitClose()).isEmpty();
        };
    try (ScriptedServer server = ScriptedServer.tls(node.key(), script)) {
      assertThat(RealCfRunagent.on(relay).trigger(server.port(), node, "class1", "class2"))
          .isEqualTo(
              new RealCfRunagent.Result(
                  List.of(
                      "127.0.0.1> cf-serverd executing cfruncommand: agent",
                      "127.0.0.1> -> one",
                      "127.0.0.1> (exit code: 3)"),
                  3));
    }
  }

  @Test
  void endsItsLinesItself() throws IOException {
    ScriptedServer.Script script =
        wire -> {
          CfengineDialogue.welcome(wire);
          CfengineDialogue.hearRequest(wire);
          wire.sendFrame('t', "> a piece");
          wire.sendFrame('m', "> a part ");
          wire.sendFrame('t', "of more\n");
          wire.sendFrame('t', "> line\n");
          wire.sendFrame('t', "> \n");
          wire.sendFrame('t', "a sentence");
          CfengineDialogue.end(wire);
          wire.awaitClose();
        };
    try (ScriptedServer server = ScriptedServer.tls(node.key(), script)) {
      assertThat(RealCfRunagent.on(relay).trigger(server.port(), node).lines())
          .containsExactly(
              "127.0.0.1> -> a piece",
              "127.0.0.1> -> a part ",
              "127.0.0.1> of more",
              "127.0.0.1> -> line",
              "127.0.0.1> -> ",
              "127.0.0.1> a sentence");
    }
  }
}
